#!/usr/bin/env bash
# A client that knows nothing but the contract: bash and curl. Usage: pay.sh URL KEY EXTERNAL_ID PHONE
set -euo pipefail
url=$1 key=$2 external_id=$3 phone=$4

field() { sed -E "s/.*\"$1\":\"?([^\",}]*)\"?.*/\1/"; }
ask() { curl -sS -w '\n%{http_code}' -H "X-Proxy-Api-Key: $key" "$@"; }
expect() { # expect WANTED ANSWER
  if [ "${2##*$'\n'}" != "$1" ]; then echo "wanted $1, got: $2" >&2; exit 1; fi
}
order() { printf '{"amount":"%s","externalId":"%s","payer":{"partyIdType":"MSISDN","partyId":"%s"}}' "$1" "$external_id" "$phone"; }

paid=$(ask "$url/request-to-pay" -H 'Content-Type: application/json' -d "$(order 100)")
expect 202 "$paid"
reference_id=$(head -n1 <<< "$paid" | field referenceId)
[ "$(head -n1 <<< "$paid" | field status)" = PENDING ]

# curl's own content type is taken as well: the body is what counts.
again=$(ask "$url/request-to-pay" -d "$(order 100)")
expect 202 "$again"
[ "$(head -n1 <<< "$again" | field referenceId)" = "$reference_id" ]

# Twenty at once.
ids=$(for _ in $(seq 20); do (ask "$url/request-to-pay" -d "$(order 100.00)" | head -n1 | field referenceId) & done; wait)
[ "$(sort -u <<< "$ids")" = "$reference_id" ]

expect 409 "$(ask "$url/request-to-pay" -d "$(order 101)")"
expect 422 "$(ask "$url/request-to-pay" -d "$(order 0)")"
expect 422 "$(ask "$url/request-to-pay" -d '{')"
expect 401 "$(curl -sS -w '\n%{http_code}' "$url/status/$reference_id")"
expect 404 "$(ask "$url/status/8e5c5a36-2f6e-4c3e-9b55-0a8a5e0b5a11")"
expect 200 "$(curl -sS -w '\n%{http_code}' -X PUT "$url/callback" -d '{"status":"SUCCESSFUL"}')"

for _ in $(seq 100); do
  status=$(ask "$url/status/$reference_id" | head -n1 | field status)
  [ "$status" = PENDING ] || break
  sleep 0.2
done
echo "$reference_id $status"
