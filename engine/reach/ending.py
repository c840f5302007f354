"""How an act is ended on its host: a constant sh script, and what its answer means; one logic for every reach.

It runs as a command of its own beside the act. Gone means: no process of the group or its session is left, zombies
not counted. What left both is recognised by the environment it inherited, and is only reported, never ended.
"""

from __future__ import annotations

from engine.reach.edge import MARK, PRIVATE_ROOTS
from engine.reach.place import Command, Completed

_TICK = 0.05
PATIENCE = 10.0
"""Seconds an ending may take beside the grace: looking, on a busy host."""

_SCRIPT = """
processes() {
  if [ -r /proc/self/stat ]; then
    for file in /proc/[0-9]*/stat; do
      { IFS= read -r line <"$file"; } 2>/dev/null || continue
      pid=${line%% *} name=${line#*(}
      set -- ${line##*) }
      echo "$pid $3 $4 $1 ${name%)*}"
    done
  else
    ps -A -o pid= -o pgid= -o sess= -o stat= -o comm=
  fi
}
members() {
  processes | while read -r pid group session state name; do
    case $state in Z* | X*) continue ;; esac
    for leader in $groups; do
      if [ "$group" = "$leader" ] || [ "$session" = "$leader" ]; then echo "$pid ($name)"; break; fi
    done
  done
}
signal() { for leader in $groups; do kill "-$1" "-$leader" 2>/dev/null; done; }
gone_within() {
  left=$1
  while [ -n "$(members)" ]; do
    [ "$left" -gt 0 ] || return 1
    if sleep $tick 2>/dev/null; then left=$((left - 1)); else sleep 1; left=$((left - a_second)); fi
  done
}
carriers() {  # busybox grep sees a file only up to its first NUL
  if printf 'a\\0b' | grep -qF b; then grep -lF "$mark_name=$mark" /proc/[0-9]*/environ 2>/dev/null; return; fi
  for file in /proc/[0-9]*/environ; do
    if { tr '\\0' '\\n' <"$file" | grep -qFx "$mark_name=$mark"; } 2>/dev/null; then echo "$file"; fi
  done
}
sweep() { for root in $roots; do case $root in /*) rm -rf "$root/watchbook-$mark" ;; esac; done; }
if [ ! -r /proc/self/stat ] && ! ps -A -o pid= >/dev/null 2>&1; then
  signal KILL; sweep; echo "unproven there is neither /proc nor ps to look with"; exit
fi
for leader in $groups; do # a wrapper of the host's own may stand between the group's leader and the act
  { IFS= read -r line <"/proc/$leader/stat"; } 2>/dev/null || continue
  set -- ${line##*) }
  case " $groups " in *" $3 "*) ;; *) groups="$groups $3" ;; esac
done
by=$signal
signal "$signal"
if ! gone_within "$grace"; then by=KILL; signal KILL; gone_within "$a_while" || by=; fi
sweep
if [ "$by" ]; then echo "gone $by"; else members | sed 's/^/alive /'; fi
carriers | while IFS=/ read -r _ _ pid _; do
  { IFS= read -r name <"/proc/$pid/comm"; } 2>/dev/null || continue
  [ "$pid" = $$ ] || echo "left $pid ($name)"
done
exit 0
""".replace("$roots", PRIVATE_ROOTS)


def ending(command: Command, nonce: str, groups: tuple[int, ...]) -> Command:
    """The command that ends the groups of `command`'s act, as the user it ran as, and sweeps its secrets."""
    return Command(
        script=_SCRIPT,
        variables={
            "groups": " ".join(map(str, groups)),
            "signal": command.stop.signal,
            "grace": str(round(command.stop.grace / _TICK)),
            "tick": str(_TICK),
            "a_second": str(round(1 / _TICK)),
            "a_while": str(round(2 / _TICK)),
            "mark": nonce,
            "mark_name": MARK,
        },
        become=command.become,
        timeout=patience(command),
    )


def patience(command: Command) -> float:
    """Seconds the ending of `command` may take."""
    return command.stop.grace + PATIENCE


def told(ended: Completed) -> str:
    """The script's answer as one clause for the record."""
    if ended.exit != 0:
        return f"whether it is gone is unproven: {ended.message or ended.err.text.strip() or f'exit {ended.exit}'}"
    said: dict[str, list[str]] = {"gone": [], "alive": [], "left": [], "unproven": []}
    for line in ended.out.text.splitlines():
        kind, _, rest = line.partition(" ")
        said.get(kind, []).append(rest)
    clauses = [f"its group was seen gone after {signal}" for signal in said["gone"]]
    if said["alive"]:
        clauses.append(f"still there after KILL: {', '.join(said['alive'])}")
    clauses += [f"whether it is gone is unproven: {why}" for why in said["unproven"]]
    if said["left"]:
        clauses.append(f"left its group and still runs: {', '.join(said['left'])}")
    return "; ".join(clauses) or "whether it is gone is unproven: no answer"
