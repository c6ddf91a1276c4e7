curl --request POST \
  --url https://fal.run/fal-ai/got-ocr/v2 \
  --header "Authorization: Key $FAL_KEY" \
  --header "Content-Type: application/json" \
  --data '{}'
