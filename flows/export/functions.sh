# shellcheck shell=bash disable=SC2034,SC2154  # the other half of a script that has this in it

say() {
  printf '%s\n' "$*" >&2
}

# The end, before anything went wrong at AWS.
stop() {
  say "$*"
  exit 1
}

# What comes before the first step: the set-up, its title, the account it was planned for, the programs that it needs.
begin() {
  local flow=$1 title=$2 account=$3 program
  shift 3
  GOING_ON=${RUN:+yes}
  RUN=${RUN:-$flow-$(date +%Y%m%d%H%M%S)}
  STEP="" ANSWER="" WORDS="" CODE="" THERE="" RELIEF="" CHANGED=-1000
  FILES=$(mktemp -d)
  trap ending EXIT
  say "$title"
  if ! [[ $RUN =~ ^[a-z0-9][a-z0-9_-]{0,31}$ ]]; then
    stop "$RUN cannot be the run. Give up to 32 letters, digits and dashes, such as RUN=$flow-1."
  fi
  say "The run is $RUN. What it makes is tagged handrail:run=$RUN, where AWS has tags."
  if [[ -n ${AWS_ENDPOINT_URL:-} ]]; then say "All of it is sent to AWS_ENDPOINT_URL, $AWS_ENDPOINT_URL."; fi
  for program in "${!AWS_ENDPOINT_URL_@}"; do say "What is for that service is sent to $program, ${!program}."; done
  for program; do
    if ! type -P "$program" >/dev/null; then stop "It needs $program, which is not installed here."; fi
  done
  known_aws
  look "" aws sts get-caller-identity --query Account --output text
  if [[ -n $account && $ANSWER != "$account" ]]; then
    stop "You are signed in to the account $ANSWER. It was planned for $account: sign in there, with AWS_PROFILE say."
  fi
}

# The end if the aws here is an old one: it was not tried with one before 1.27 or 2.9, and one before 1.29 or 2.13 takes
# no heed of AWS_ENDPOINT_URL (AWS Developer Tools Blog, 2023-07): it would send all of this to AWS itself.
known_aws() {
  local told first=27 second=9
  told=$(aws --version 2>&1) || return 0 # what is amiss is told when it is first asked for something
  if [[ -n ${AWS_ENDPOINT_URL:-} ]]; then first=29 second=13; fi
  if [[ $told =~ aws-cli/([0-9]+)\.([0-9]+)[0-9.]* ]]; then
    told=${BASH_REMATCH[0]#*/}
    if ((BASH_REMATCH[1] == 1 ? BASH_REMATCH[2] < first : BASH_REMATCH[1] == 2 ? BASH_REMATCH[2] < second : 0)); then
      say "It needs the AWS CLI 2.$second or newer, or 1.$first or newer of its version 1."
      stop "Here is $told: install a newer one."
    fi
  fi
}

# Version 1 of the AWS CLI takes no heed of AWS_ENDPOINT_URL for these two in some regions, and asks AWS itself, unless
# each command says where to (awscli/customizations/overridesslcommonname.py, 2026-11).
aws() {
  local at=""
  if [[ ${AWS_IGNORE_CONFIGURED_ENDPOINT_URLS:-} != true ]]; then
    case $1 in
      rds) at=${AWS_ENDPOINT_URL_RDS:-${AWS_ENDPOINT_URL:-}} ;;
      sqs) at=${AWS_ENDPOINT_URL_SQS:-${AWS_ENDPOINT_URL:-}} ;;
    esac
  fi
  command aws "$@" ${at:+--endpoint-url "$at"}
}

# What comes last, however it ends.
ending() {
  local code=$?
  trap - EXIT
  if [[ -n $RELIEF ]]; then
    say "What must not last is ended first."
    ("$RELIEF") || say "That was refused. End it yourself."
  fi
  if ((code != 0)) && [[ -z $STEP ]]; then
    say "Nothing was changed."
  elif ((code != 0)); then
    say "It stopped at step $STEP"
    say "What was made until then is tagged handrail:run=$RUN, where AWS has tags. To go on from there:"
    say "RUN=$RUN bash $(printf '%q' "$0")"
  fi
  rm -rf -- "$FILES"
  exit "$code"
}

step() {
  STEP=$1
  say "Step $1"
}

# What AWS said to the last command.
heard() {
  WORDS=$(<"$FILES/words")
  CODE=""
  if [[ $WORDS =~ An\ error\ occurred\ \(([^\)]+)\) ]]; then CODE=${BASH_REMATCH[1]}; fi
}

# Whether AWS said that there is no such thing, which may only mean that it does not know of it yet.
unknown() {
  [[ $CODE =~ $NO_SUCH_THING ]]
}

# Whether AWS said one of these, with | between them: a code, or “code: part of its words”.
among() {
  local left=$1 one
  while [[ -n $left ]]; do
    one=${left%%|*}
    left=${left:${#one}}
    left=${left#|}
    if [[ $CODE == "${one%%: *}" && ($one != *": "* || $WORDS == *"${one#*: }"*) ]]; then return 0; fi
  done
  return 1
}

# What AWS said, whole, and the end.
refused() {
  if [[ -z $CODE ]]; then
    say "$WORDS"
    if [[ $WORDS == *usage:* ]]; then say "This aws does not know that. Install a newer AWS CLI."; fi
  else
    say "${WORDS//[[:cntrl:]]/ }"
  fi
  if [[ $CODE == *Duplicate* || $CODE == *AlreadyOwned* || "$CODE $WORDS" == *already*exist* ]]; then
    say "It is there already, and nothing shows that it is of the run $RUN. If an earlier run of this script made it,"
    say "give that run, which its tag handrail:run names. Else it belongs to somebody else."
  fi
  exit 1
}

# One call, made until AWS does not say “not yet”: what to do before each attempt, AWS's words for “not yet”, those
# for “it is there already”, command. ANSWER is what it answers; THERE says whether it was there already.
try() {
  local first=$1 not_yet=$2 there=$3 waited=0 pause=1
  shift 3
  while :; do
    "$first"
    if ANSWER=$("$@" 2>"$FILES/words"); then
      if [[ -s $FILES/words ]]; then cat "$FILES/words" >&2; fi
      THERE=""
      return 0
    fi
    heard
    if among "$there"; then
      ANSWER="" THERE=yes
      return 0
    fi
    if among "$not_yet" && ((waited < NOT_YET_LIMIT)); then
      :
    elif unknown && ((waited < FRESH && SECONDS - CHANGED < FRESH)); then
      :
    else
      refused
    fi
    say "AWS is not ready for it yet ($CODE). It is asked again."
    rest
  done
}

# Lets some time pass, more each time, up to ten seconds.
rest() {
  sleep "$pause"
  waited=$((waited + pause))
  pause=$((pause < 5 ? pause * 2 : 10))
}

# A call that changes something.
call() {
  try "$@"
  CHANGED=$SECONDS
  if [[ -n $THERE ]]; then say "That is so already, and is left as it is."; fi
}

# A call that only reads: AWS's words for “there is nothing”, command.
look() {
  try : "" "$@"
}

# The end if something is missing of what is needed from an answer.
given() {
  local each
  for each; do
    if [[ -z $each || $each == None || $each == null ]]; then
      stop "AWS's answer does not have all that is needed of it: ${ANSWER//[[:cntrl:]]/ }"
    fi
  done
}

# When going on: whether a step is done already, as its tag shows, or something else that only this run can have made.
# AWS's words for “there is nothing”, command; after -- how many values of each thing the next command asks with, as
# FOUND1, FOUND2, …, and that command. ANSWER is then what AWS would have answered to the step.
found() {
  local absent=$1 search=() proof=() things one values=0 number value
  shift
  if [[ -z $GOING_ON ]]; then return 1; fi
  while (($# > 0)) && [[ $1 != -- ]]; do
    search+=("$1")
    shift
  done
  if (($# > 0)); then
    values=$2
    shift 2
  fi
  maybe "$absent" "${search[@]}"
  things=$ANSWER
  while IFS= read -r one; do
    if [[ -z $one || $one == None ]]; then continue; fi
    if (($# > 0)); then
      proof=("$@")
      for ((number = 1; number <= values; number++)); do
        value=${one%%$'\t'*}
        one=${one#*$'\t'}
        proof=("${proof[@]//FOUND$number/$value}")
      done
      maybe 'AccessDenied|AccessDeniedException' "${proof[@]}"
      if [[ $ANSWER != True ]]; then continue; fi
    fi
    say "It is done already."
    ANSWER=$one THERE=""
    return 0
  done <<<"$things"
  return 1
}

# A call that reads what may not be there.
maybe() {
  local absent=$1
  shift
  if ANSWER=$("$@" 2>"$FILES/words"); then return 0; fi
  heard
  ANSWER=""
  if ! unknown && ! among "$absent"; then refused; fi
}

# Waits until something is so: what it is, the seconds it usually takes, those it may take, those after which it is over
# without a word of it (0: none), AWS's words for “it is gone, as it should be”, question, command. The question is
# for: is it so, is all of it told, can it never be so, AWS's own word for how it stands.
wait_until() {
  local what=$1 typical=$2 limit=$3 silence=$4 gone=$5 question=$6 waited=0 pause=1 so whole never now told=""
  shift 6
  say "$what: usually $typical seconds, $limit at the most."
  while :; do
    so="" whole="" never="" now=""
    if ANSWER=$("$@" --query "$question" --output text 2>"$FILES/words"); then
      IFS=$'\t' read -r so whole never now <<<"${ANSWER//$'\n'/ }"
    else
      heard
      if [[ -n $gone ]] && { among "$gone" || unknown; }; then return 0; fi
      # a thing that AWS has just begun to know may not have all that is asked about
      if ! { unknown && ((waited < FRESH)); } && [[ $WORDS != *"invalid type for value"* ]]; then refused; fi
    fi
    if [[ $so == True && ($whole == True || $waited -gt $FRESH) ]]; then return 0; fi
    if [[ $now == None ]]; then now=""; fi
    now=${now//[[:cntrl:]]/ }
    if [[ $never == True ]]; then stop "$what: AWS says that it is ${now:-failed}. It will not become ready."; fi
    if ((silence > 0 && waited > silence)) && [[ -z $now ]]; then return 0; fi
    if ((waited > limit)); then stop "$what: not so after $limit seconds (${now:-no word of it}). Go on to wait."; fi
    if [[ $now != "$told" ]] || ((waited % 60 < pause)); then say "  $waited seconds: ${now:-no word of it yet}"; fi
    told=$now
    rest
  done
}

# The document in ANSWER, or its text, with an entry of ours in it, the others as they are: what a new document has, list,
# key, the entry's file.
with_entry() {
  printf '%s' "${ANSWER:-null}" | jq -c --argjson empty "$1" --arg list "$2" --arg key "$3" --slurpfile entry "$4" \
    '(if type == "string" then fromjson else . // $empty end)
     | with_entries(select(.value != null and .value != [])) | if $key == "" then .[$list] = $entry[0] else
     ([.[$list] // [] | if type == "array" then .[] else . end | select(.[$key] != $entry[0][$key])]) as $others
     | .[$list] = $others + $entry end'
}
