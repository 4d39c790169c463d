#!/usr/bin/env bash
# A run by plain HTTP, at the HTTP port of the Temporal server. Needs curl and jq.
#
#   run.sh start ID SPEC [TYPE]   starts what the JSON file SPEC says; TYPE is fitThenDeploy unless given
#   run.sh progress ID            prints where the run stands
#   run.sh cancel ID              asks it to stop and take down what it made
#   run.sh result ID              waits for its end and prints the result, or the failure's code and details
#
# TEMPORAL_HTTP_URL is where the server's HTTP port is, such as http://localhost:7243.
set -euo pipefail

command=${1:?start, progress, cancel or result} id=${2:?a Workflow Id}
server=${TEMPORAL_HTTP_URL:-http://localhost:7243}
run=$server/api/v1/namespaces/${TEMPORAL_NAMESPACE:-default}/workflows/$(jq -rn --arg id "$id" '$id | @uri')

# Payloads as they are: in their short form, which is the default, an empty list becomes null, on the way in too.
call() {
  local type='application/json+no-payload-shorthand' answer
  answer=$(curl --silent --show-error --fail-with-body --header "Content-Type: $type" --header "Accept: $type" \
    ${TEMPORAL_API_KEY:+--header "Authorization: Bearer $TEMPORAL_API_KEY"} "$@") || {
    echo "$answer" >&2
    return 1
  }
  echo "$answer"
}
decode='def decode: .payloads[0] | .data | @base64d | fromjson;'

case $command in
start)
  # An id is used once, as the name of a training job is.
  jq --arg type "${4:-fitThenDeploy}" --arg queue "${TEMPORAL_SAGEMAKER_TASK_QUEUE:-sagemaker}" '{
      workflowType: { name: $type },
      taskQueue: { name: $queue },
      workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE",
      input: { payloads: [{ metadata: { encoding: "json/plain" | @base64 }, data: tojson | @base64 }] }
    }' "${3:?a JSON file}" | call --data-binary @- "$run"
  ;;
progress)
  call --data '{}' "$run/query/progress" | jq "$decode .queryResult | decode"
  ;;
cancel)
  call --data '{}' "$run/cancel"
  ;;
result)
  # The server answers when the run has ended, or after a while without an event: then it is asked again.
  wait='historyEventFilterType=HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT&waitNewEvent=true'
  end=
  while [[ -z $end ]]; do
    history=$(call "$run/history?$wait")
    end=$(jq '.history.events[0] // empty' <<<"$history")
  done
  told=$(jq "$decode"'
    (.eventType | ltrimstr("EVENT_TYPE_WORKFLOW_EXECUTION_")) as $status
    | if $status == "COMPLETED" then { $status, result: .workflowExecutionCompletedEventAttributes.result | decode }
      elif $status == "FAILED" then
        .workflowExecutionFailedEventAttributes.failure
        | { $status, code: .applicationFailureInfo.type, message, details: .applicationFailureInfo.details | decode }
      else { $status } end' <<<"$end")
  echo "$told"
  [[ $(jq -r .status <<<"$told") == COMPLETED ]]
  ;;
*)
  echo "unknown command: $command" >&2
  exit 2
  ;;
esac
