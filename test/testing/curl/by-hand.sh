#!/bin/sh
# One payment by MTN's documentation, by hand: user, API key, token, request to pay, status.
#
#   HOST=https://sandbox.momodeveloper.mtn.com SUBSCRIPTION_KEY=... sh by-hand.sh
#
# HOST is all that changes between MTN and a sandbox of one's own. Prints the status of the payment.
set -eu

new_uuid() { cat /proc/sys/kernel/random/uuid 2> /dev/null || uuidgen | tr 'A-Z' 'a-z'; }
field() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"; }

API_USER=$(new_uuid)
REFERENCE_ID=$(new_uuid)

# 1. An API user of the sandbox.
curl --silent --show-error --fail-with-body -X POST "$HOST/v1_0/apiuser" \
  -H "X-Reference-Id: $API_USER" \
  -H "Content-Type: application/json" \
  -H "Ocp-Apim-Subscription-Key: $SUBSCRIPTION_KEY" \
  -d '{ "providerCallbackHost": "merchant.example" }'

# 2. Is it there?
curl --silent --show-error --fail-with-body "$HOST/v1_0/apiuser/$API_USER" \
  -H "Ocp-Apim-Subscription-Key: $SUBSCRIPTION_KEY" > /dev/null

# 3. Its API key. The empty data makes the Content-Length that MTN's gateway wants.
API_KEY=$(curl --silent --show-error --fail-with-body -X POST "$HOST/v1_0/apiuser/$API_USER/apikey" \
  -H "Ocp-Apim-Subscription-Key: $SUBSCRIPTION_KEY" \
  -d '' | field apiKey)

# 4. An access token.
TOKEN=$(curl --silent --show-error --fail-with-body -X POST "$HOST/collection/token/" \
  -u "$API_USER:$API_KEY" \
  -H "Ocp-Apim-Subscription-Key: $SUBSCRIPTION_KEY" \
  -d '' | field access_token)

# 5. The request to pay.
curl --silent --show-error --fail-with-body -X POST "$HOST/collection/v1_0/requesttopay" \
  -H "Authorization: Bearer $TOKEN" \
  -H "X-Reference-Id: $REFERENCE_ID" \
  -H "X-Target-Environment: sandbox" \
  -H "Content-Type: application/json" \
  -H "Ocp-Apim-Subscription-Key: $SUBSCRIPTION_KEY" \
  -d '{
    "amount": "5.0",
    "currency": "EUR",
    "externalId": "6353636",
    "payer": { "partyIdType": "MSISDN", "partyId": "4609274685" },
    "payerMessage": "Pay for product a",
    "payeeNote": "payer note"
  }'

# 6. What came of it.
STATUS=$(curl --silent --show-error --fail-with-body "$HOST/collection/v1_0/requesttopay/$REFERENCE_ID" \
  -H "Authorization: Bearer $TOKEN" \
  -H "X-Target-Environment: sandbox" \
  -H "Ocp-Apim-Subscription-Key: $SUBSCRIPTION_KEY" | field status)

echo "$STATUS"
