# What a process is: alive, how old, whose child, group and session. Linux reads /proc; elsewhere ps answers.

# Every process, one a line: pid parent group session state start. The start is opaque: with the pid it names a process
# for good, since the kernel hands pids out again.
table() {
    if [ -r /proc/self/stat ]; then
        cat /proc/[0-9]*/stat 2>/dev/null | awk '
            match($0, /^[0-9]+ [(]/) {
                pid = $1
                if (!sub(/^.*[)] /, "")) next
                print pid, $2, $3, $4, $1, $20
            }'
    else
        ps -A -o pid= -o ppid= -o pgid= -o stat= -o lstart= | awk '{ print $1, $2, $3, 0, $4, $5 $6 $7 $8 $9 }'
    fi
}

# The start of a living process; nothing when it is gone or a zombie.
start_of() { table | awk -v pid="$1" '$1 == pid && $5 !~ /^[ZX]/ { print $6 }'; }

# When a living process started, for people and witnesses: it never changes while the process lives.
started_at() {
    if [ -r /proc/self/stat ]; then start_of "$1" | awk '{ printf "boot+%.2fs\n", $1 / 100 }'
    else ps -o lstart= -p "$1"
    fi
}

# How many seconds ago a process started. The yardstick on Linux is a process born now: /proc/uptime speaks of the
# container in some containers, and the starts in /proc/PID/stat of the machine. Ticks are 1/100 s on every Linux.
age_of() {
    if [ -r /proc/self/stat ]; then
        sh -c 'exec cat "/proc/$1/stat" /proc/$$/stat' sh "$1" 2>/dev/null |
            awk '{ sub(/^.*[)] /, ""); start[NR] = $20 } END { if (NR == 2) printf "%d\n", (start[2] - start[1]) / 100 }'
    else
        ps -o etime= -p "$1" | awk -F '[-:]' '
            { for (i = 1; i <= NF; i++) age = age * (NF == 4 && i == 2 ? 24 : 60) + $i; print age }'
    fi
}

# How many seconds ago a file was written; nothing when it is gone.
age_of_file() {
    written=$(stat -c %Y "$1" 2>/dev/null || stat -f %m "$1" 2>/dev/null) || return
    echo $(($(seconds) - written))
}

# What can give a command a session of its own here; nothing when nothing can.
session_maker() {
    for maker in setsid perl python3; do
        if command -v "$maker" >/dev/null 2>&1; then echo "$maker"; return; fi
    done
}

# Becomes a command in a session of its own, away from every terminal: in_own_session MAKER COMMAND…
in_own_session() {
    maker=$1; shift
    case $maker in
        setsid) exec setsid "$@" ;;
        perl) exec perl -MPOSIX -e 'setsid(); exec @ARGV' -- "$@" ;;
        python3) exec python3 -c 'import os, sys; os.setsid(); os.execvp(sys.argv[1], sys.argv[1:])' "$@" ;;
    esac
}
