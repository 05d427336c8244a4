# Kills the commands that still run when the process that starts them has ended.
#
# Standard input: "guard PID", "release PID" and, when there is nothing left to kill, "end".
# $1: a variable with its value. Only the commands and what they start have it in their environment.
#
# This text is the script's command line. It does not contain the program's name in lower case, so
# a kill by name does not find it.

trap '' HUP INT QUIT TERM
mark=$1
tree=' '
while read -r order pid; do
  case $order in
    guard) tree="$tree$pid " ;;
    release) tree="${tree%% "$pid" *} ${tree#* "$pid" }" ;;
    end) exit ;;
  esac
done

# Prints each process that has not ended, and its parent.
processes() {
  if [ -r /proc/self/stat ]; then
    for stat in /proc/[0-9]*/stat; do
      { read -r line <"$stat"; } 2>/dev/null || continue
      pid=${stat#/proc/}
      rest=${line##*) }
      case $rest in
        [ZX]*) ;;
        *) rest=${rest#? }; echo "${pid%/stat} ${rest%% *}" ;;
      esac
    done
  else
    ps -A -o pid= -o ppid= -o stat= | while read -r pid parent state; do
      case $state in Z*) ;; *) echo "$pid $parent" ;; esac
    done
  fi
}

# Adds the processes whose environment has the mark.
add_marked() {
  [ -r /proc/self/environ ] || return
  for file in $(grep -ls -- "$mark" /proc/[0-9]*/environ); do
    pid=${file#/proc/}
    tree="$tree${pid%/environ} "
  done
}

# Stops all of the tree, with its descendants, until no new one is found.
stop() {
  grown=yes
  while [ "$grown" ]; do
    grown=
    kill -STOP $tree
    list=$(processes)
    added=yes
    while [ "$added" ]; do
      added=
      while read -r pid parent; do
        case $tree in
          *" $pid "*) ;;
          *" $parent "*)
            tree="$tree$pid "
            added=yes
            grown=yes
            ;;
        esac
      done <<END
$list
END
    done
  done
}

# Waits until all of the tree have ended: at most 10 s, and 3 s more until their parents have
# asked for their statuses.
wait_for_end() {
  while [ "$tries" -gt 0 ]; do
    left=
    list=$(processes)
    while read -r pid parent; do
      case $tree in *" $pid "*) left=yes ;; esac
    done <<END
$list
END
    [ "$left" ] || break
    tries=$((tries - 1))
    sleep 0.1
  done
  patience=30
  for pid in $tree; do
    while [ "$patience" -gt 0 ] && kill -0 "$pid"; do
      patience=$((patience - 1))
      sleep 0.1
    done
  done
}

tries=100
looks=0
while [ "$looks" -lt 3 ] && [ "$tries" -gt 0 ]; do
  add_marked
  if [ "$tree" = ' ' ]; then
    # A process that is just being started has no mark yet.
    looks=$((looks + 1))
    sleep 0.05
  else
    stop
    kill -KILL $tree
    wait_for_end
    tree=' '
  fi
done
