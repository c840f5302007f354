# Finds who keeps the service on this host, and does what was asked, in one round trip.

looked='' begun=$(seconds)
tried() { looked="$looked${looked:+; }$1"; }

for driver in pidfile systemd supervisor; do
    if "${driver}_has"; then
        "${driver}_$svc_verb"
        exit
    fi
done
printf '%s\n' "nobody here keeps a service $svc_name; looked in: $looked. Describe it in hosts.yaml, under this host's\
 services (pidfile, start, log), or install its unit." >&2
exit 4
