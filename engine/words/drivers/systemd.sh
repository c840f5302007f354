# The systemd driver. Reading needs no root; acting becomes root, and only here.

systemd_show() { systemctl show -p "$1" -- "$svc_name" 2>/dev/null | sed -n "s/^$1=//p"; }

systemd_has() {
    command -v systemctl >/dev/null 2>&1 || { tried "systemd (there is no systemctl)"; return 1; }
    case $(systemd_show LoadState) in
        loaded) return 0 ;;
        masked) failed "$svc_name is masked in systemd; see: systemctl status $svc_name" ;;
        '') tried "systemd (it does not run here)" ;;
        *) tried "systemd (no unit $svc_name)" ;;
    esac
    return 1
}

systemd_running() { systemctl is-active --quiet -- "$svc_name"; }

systemd_act() {
    as_root systemctl "$1" "$svc_name" && return
    systemd_journal -n 20 >&2
    failed "$svc_name: systemctl $1 failed"
}

# Whoever is in neither group would be shown an empty journal, without an error.
systemd_journal() {
    case " $(id -un) $(id -Gn) " in
        *' root '* | *' adm '* | *' systemd-journal '*) journalctl -u "$svc_name" --no-pager "$@" ;;
        *) as_root journalctl -u "$svc_name" --no-pager "$@" ;;
    esac
}

systemd_start() {
    if systemd_running; then done_before "$svc_name runs already"; fi
    systemd_act start
    done_now "$svc_name started, pid $(systemd_pid)"
}

systemd_stop() {
    case $(systemd_show ActiveState) in inactive) done_before "$svc_name is stopped already" ;; esac
    systemd_act stop
    done_now "$svc_name stopped"
}

systemd_restart() { systemd_act restart; done_now "$svc_name restarted, pid $(systemd_pid)"; }
systemd_reload() { systemd_act reload; done_now "$svc_name told to reload"; }

systemd_state() { if systemd_running; then echo running; else echo stopped; fi; }

systemd_pid() {
    pid=$(systemd_show MainPID)
    if [ "${pid:-0}" -gt 0 ]; then echo "$pid"; else echo stopped; fi
}

systemd_started_at() {
    if systemd_running; then
        systemd_show ExecMainStartTimestampMonotonic | awk '{ printf "boot+%.6fs\n", $1 / 1000000 }'
    else echo stopped
    fi
}

# With --since, -n takes the first lines, not the last; so tail counts.
systemd_logs() {
    (systemd_journal -n 0 >/dev/null 2>&1) ||
        failed "the journal of $svc_name cannot be read by $(id -un); put that user into the group systemd-journal"
    if [ -n "$svc_since" ]; then set -- --since "-${svc_since}s"; else set -- -n "$svc_lines"; fi
    systemd_journal -o short-iso "$@" | tail -n "$svc_lines" | tail -c "$svc_max"
}
