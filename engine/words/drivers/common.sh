# What every driver shares: how it answers, how it becomes root, which log lines are recent.
# Answers: one line on stdout says what was done (or the value that was asked for); stderr explains; and the exit is
# 0 done, 3 nothing had to be done, 1 failed, 4 no driver knows the service.

done_now() { printf '%s\n' "$1"; exit 0; }
done_before() { printf '%s\n' "$1"; exit 3; }
failed() { printf '%s\n' "$1" >&2; exit 1; }

pause() { sleep 0.1 2>/dev/null || sleep 1; }
seconds() { date +%s; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; return; fi
    command -v sudo >/dev/null 2>&1 || failed "this needs root, and there is no sudo here: $*"
    sudo -n -l -- "$@" >/dev/null 2>&1 ||
        failed "sudo refuses it to $(id -un); a line that allows it: $(id -un) ALL=(root) NOPASSWD: $(command -v "$1") $(shift; echo "$*")"
    sudo -n -- "$@"
}

# Log lines on stdin: those written in the last $svc_since seconds (all of them when it is empty), the last
# $svc_lines of these. A line's time is the first ISO date and time in it; a line without one goes with the line before.
recent() {
    if [ -z "$svc_since" ]; then tail -n "$svc_lines"; return; fi
    from=$(($(seconds) - svc_since))
    utc=$(date -u -d "@$from" +%Y-%m-%dT%H:%M:%S 2>/dev/null || date -u -r "$from" +%Y-%m-%dT%H:%M:%S)
    here=$(date -d "@$from" +%Y-%m-%dT%H:%M:%S 2>/dev/null || date -r "$from" +%Y-%m-%dT%H:%M:%S)
    awk -v utc="$utc" -v here="$here" '
        BEGIN { keep = 1 }
        match($0, /[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-6][0-9]/) {
            stamp = substr($0, RSTART, 19)
            sub(/ /, "T", stamp)
            zone = substr($0, RSTART + 19)
            keep = (stamp >= (zone ~ /^[.,0-9]* ?(Z|[+]00:?00)/ ? utc : here))
        }
        keep' | tail -n "$svc_lines"
}
