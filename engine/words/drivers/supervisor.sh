# The supervisor driver. Its socket is often root's: it is asked as ourselves first.

supervisor() { ${supervisor_as:-} supervisorctl "$@"; }

# Sets status to the program's: RUNNING, STOPPED, FATAL, …
supervisor_look() { status=$(supervisor status "$svc_name" 2>/dev/null | awk -v name="$svc_name" '$1 == name { print $2; exit }'); }

supervisor_has() {
    command -v supervisorctl >/dev/null 2>&1 || { tried "supervisor (there is no supervisorctl)"; return 1; }
    supervisor_look
    if [ -z "$status" ] && [ "$(id -u)" -ne 0 ]; then
        supervisor_as=as_root
        supervisor_look
    fi
    [ -z "$status" ] || return 0
    tried "supervisor (no program $svc_name, or it does not answer)"
    return 1
}

# Acts, and tells from the state afterwards: older versions of supervisorctl exit 0 whatever happened.
supervisor_act() {
    supervisor "$1" "$svc_name" >&2
    supervisor_look
    [ "$status" = "$2" ] && return
    supervisor tail -4000 "$svc_name" >&2
    failed "$svc_name: supervisorctl $1 failed, it is $status"
}

supervisor_start() {
    [ "$status" != RUNNING ] || done_before "$svc_name runs already"
    supervisor_act start RUNNING
    done_now "$svc_name started, pid $(supervisor_pid)"
}

supervisor_stop() {
    case $status in STOPPED | EXITED | FATAL) done_before "$svc_name is stopped already" ;; esac
    supervisor_act stop STOPPED
    done_now "$svc_name stopped"
}

supervisor_restart() { supervisor_act restart RUNNING; done_now "$svc_name restarted, pid $(supervisor_pid)"; }

supervisor_reload() {
    [ "$status" = RUNNING ] || failed "$svc_name does not run, so it cannot reload; start it"
    supervisor signal HUP "$svc_name" >&2 || failed "$svc_name: supervisorctl signal HUP failed"
    done_now "$svc_name told to reload"
}

supervisor_state() { if [ "$status" = RUNNING ]; then echo running; else echo stopped; fi; }
supervisor_pid() { if [ "$status" = RUNNING ]; then supervisor pid "$svc_name"; else echo stopped; fi; }
supervisor_started_at() { if [ "$status" = RUNNING ]; then started_at "$(supervisor_pid)"; else echo stopped; fi; }
supervisor_logs() { supervisor tail "-$svc_max" "$svc_name" | recent; }
