# The pidfile driver: a service that hosts.yaml describes. The pid in a pidfile proves nothing: after a crash or a
# reboot the kernel gives the number to another process. So the process must be older than the file that names it.

# Whether a process carries the mark of services that this driver started; its descendants inherit it.
carries_mark() { { tr '\0' '\n' <"/proc/$1/environ" | grep -qFx -e "WATCHBOOK_SERVICE=$svc_pidfile;"; } 2>/dev/null; }

# Sets master to the pid in the pidfile, and running to yes when that process is the one that wrote it.
look() {
    master='' running=no
    [ -e "$svc_pidfile" ] || return 0
    [ -r "$svc_pidfile" ] || failed "$svc_pidfile cannot be read by $(id -un): give the step become, or the file a group"
    read -r master <"$svc_pidfile" || [ -n "$master" ] || return 0
    case $master in '' | 0* | 1 | *[!0-9]*) master=''; return 0 ;; esac
    # What carries the mark is ours even when the clock was set since, which makes ages lie.
    if carries_mark "$master" && [ -n "$(start_of "$master")" ]; then running=yes; return 0; fi
    file_age=$(age_of_file "$svc_pidfile")
    [ -n "$file_age" ] || { master=''; return 0; }
    machine_age=$(age_of 1)
    # A file from before this boot (or this container's start) names nobody alive.
    if [ "$file_age" -gt $((${machine_age:-$file_age} + 2)) ]; then master=''; return 0; fi
    [ -n "$(start_of "$master")" ] || return 0
    age=$(age_of "$master")
    if [ "${age:--1}" -ge $((file_age - 2)) ]; then running=yes; else master=''; fi
}

# The pids that carry the mark: all at once, or one by one with busybox, whose grep stops at a file's first NUL.
carriers() {
    if printf 'a\0b' | grep -qF b; then
        grep -lFs -e "WATCHBOOK_SERVICE=$svc_pidfile;" /proc/[0-9]*/environ | sed 's/[^0-9]//g'
    else
        table | while read -r pid _; do if carries_mark "$pid"; then echo "$pid"; fi; done
    fi
}

# What the service consists of, as pid/start: its master, the master's children, the group and session it led, and
# whatever carries our mark. The group outlives a master killed by -9: its workers hold the port. A group or session
# counts only by the master's own number, so that one a shell led is not ended with it. Not ourselves.
members() {
    marked=''
    [ "${WATCHBOOK_SERVICE-}" = "$svc_pidfile;" ] || marked=$(carriers | tr '\n' ' ')
    table | awk -v master="${master:-none}" -v marked=" $marked" -v self=$$ '
        { parent[$1] = $2; group[$1] = $3; session[$1] = $4; start[$1] = $6; if ($5 ~ /^[ZX]/) gone[$1] = 1 }
        function ours(pid,    depth) {
            for (depth = 0; pid > 1 && depth < 100; depth++) {
                if (pid == master || group[pid] == master || session[pid] == master) return 1
                if (index(marked, " " pid " ")) return 1
                pid = parent[pid]
            }
            return 0
        }
        END {
            for (pid = self; pid > 0; pid = parent[pid]) gone[pid] = 1
            for (pid in parent) if (!(pid in gone) && ours(pid)) print pid "/" start[pid]
        }'
}

# Those of the given pid/start that still live, and any that joined them.
living() { { table | awk -v known=" $* " '$5 !~ /^[ZX]/ && index(known, " " $1 "/" $6 " ") { print $1 "/" $6 }'; members; } | sort -u | tr '\n' ' '; }

# Signals the given pid/start.
signal() {
    name=$1; shift
    for one in "$@"; do kill -s "$name" "${one%%/*}" 2>/dev/null; done
}

# Ends everything: the stop signal to the master (to all, when it is gone), the grace, then KILL to all.
end_all() {
    # shellcheck disable=SC2046 # words are wanted
    set -- $(living)
    [ $# -gt 0 ] || return 0
    if [ "$running" = yes ]; then kill -s "$svc_stop_signal" "$master"; else signal TERM "$@"; fi
    until=$(($(seconds) + svc_grace))
    while :; do
        # shellcheck disable=SC2046
        set -- $(living "$@")
        [ $# -gt 0 ] || return 0
        [ "$(seconds)" -le "$until" ] || break
        pause
    done
    until=$(($(seconds) + 5)) killed=$#
    while [ $# -gt 0 ]; do
        signal KILL "$@"
        [ "$(seconds)" -le "$until" ] || failed "$svc_name: still there after KILL: $*"
        pause
        # shellcheck disable=SC2046
        set -- $(living "$@")
    done
    printf '%s: %s of its processes had to be killed after %s s\n' "$svc_name" "$killed" "$svc_grace" >&2
}

# The log's last lines, to stderr: why a start failed stands there.
explain() {
    [ -n "$svc_log" ] && [ -r "$svc_log" ] || return 0
    printf 'the end of %s:\n' "$svc_log" >&2
    tail -n 20 "$svc_log" >&2
}

# Starts it in a session of its own with nothing of ours but the mark by which its orphans are known.
launch() {
    (
        exec </dev/null >>"${svc_log:-/dev/null}" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
        start=$svc_start
        WATCHBOOK_SERVICE="$svc_pidfile;"
        export WATCHBOOK_SERVICE
        unset WATCHBOOK_ACT svc_name svc_verb svc_pidfile svc_start svc_log svc_stop_signal svc_grace svc_wait \
            svc_lines svc_since svc_max
        in_own_session "$maker" sh -c "$start"
    ) &
    launched=$!
}

pidfile_has() { [ -n "$svc_pidfile" ] || { tried "hosts.yaml (this host has no services: $svc_name)"; return 1; }; }

pidfile_start() {
    look
    [ "$running" = no ] || done_before "$svc_name runs already, pid $master"
    maker=$(session_maker)
    [ -n "$maker" ] || failed "$svc_name: nothing here gives it a session of its own; install util-linux, perl or python3"
    end_all
    rm -f "$svc_pidfile" || failed "$svc_name: the stale $svc_pidfile cannot be removed"
    if [ -n "$svc_log" ] && ! (: >>"$svc_log") 2>/dev/null; then
        failed "$svc_name: its log $svc_log cannot be written by $(id -un); make its folder, or give the step become"
    fi
    launch
    until=$((begun + svc_wait)) ended=''
    while look; [ "$running" = no ]; do
        if [ -z "$ended" ] && [ -z "$(start_of "$launched")" ]; then
            wait "$launched"
            ended=$?
            if [ "$ended" -ne 0 ]; then
                explain
                failed "$svc_name did not start: its start command ended with exit $ended"
            fi
        fi
        if [ "$(seconds)" -ge "$until" ]; then
            explain
            failed "$svc_name did not start: $svc_pidfile named no living process in time; what was started is left as it is"
        fi
        pause
    done
    done_now "$svc_name started, pid $master"
}

pidfile_stop() {
    look
    if [ -z "$(members)" ]; then
        [ -z "$master" ] || rm -f "$svc_pidfile"
        done_before "$svc_name is stopped already"
    fi
    was=$running
    end_all
    rm -f "$svc_pidfile" || failed "$svc_name stopped, but $svc_pidfile cannot be removed"
    if [ "$was" = yes ]; then done_now "$svc_name stopped"; else done_now "$svc_name was dead; what it had left running was ended"; fi
}

pidfile_restart() {
    (pidfile_stop) >/dev/null
    case $? in 0 | 3) ;; *) exit 1 ;; esac
    pidfile_start
}

pidfile_reload() {
    look
    [ "$running" = yes ] || failed "$svc_name does not run, so it cannot reload; start it"
    kill -s HUP "$master" || failed "$svc_name: HUP could not be sent to pid $master"
    done_now "$svc_name told to reload, pid $master"
}

pidfile_state() { look; if [ "$running" = yes ]; then echo running; else echo stopped; fi; }
pidfile_pid() { look; if [ "$running" = yes ]; then echo "$master"; else echo stopped; fi; }
pidfile_started_at() { look; if [ "$running" = yes ]; then started_at "$master"; else echo stopped; fi; }

pidfile_logs() {
    [ -n "$svc_log" ] || failed "$svc_name has no log: name it in hosts.yaml under services"
    [ -r "$svc_log" ] || failed "$svc_log cannot be read by $(id -un)"
    tail -c "$svc_max" "$svc_log" | recent
}
