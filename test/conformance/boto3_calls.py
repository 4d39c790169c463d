"""Makes boto3 calls for boto3.test.ts: one JSON request a line on stdin, one JSON answer a line on stdout.

A request names a client (`service`, and `signature` where it is not the default) and what to do with it: call a `method`,
or page through it (`paginate`), wait (`wait`) or presign (`presign`). Bytes travel as {"$bytes": base64}, times as ISO
strings. An error is answered with the class that boto3 chose for it, since that is what users catch.
"""

import base64
import datetime
import io
import json
import sys

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody

MEGABYTE = 1024**2

clients = {}


def client_of(service, signature=None):
    if (service, signature) not in clients:
        clients[service, signature] = boto3.client(service, config=Config(signature_version=signature))
    return clients[service, signature]


def decode(value):
    if isinstance(value, dict):
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
        return {name: decode(item) for name, item in value.items()}
    return [decode(item) for item in value] if isinstance(value, list) else value


def encode(value):
    if isinstance(value, dict):
        return {name: encode(item) for name, item in value.items()}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, StreamingBody):
        return encode(value.read())
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def answer(request):
    client = client_of(request["service"], request.get("signature"))
    arguments = decode(request.get("arguments", {}))
    if "paginate" in request:
        return list(client.get_paginator(request["paginate"]).paginate(**arguments))
    if "wait" in request:
        return client.get_waiter(request["wait"]).wait(**arguments)
    if "presign" in request:
        return client.generate_presigned_url(request["presign"], Params=arguments, ExpiresIn=60)
    if request["method"] == "upload_fileobj":
        # In parts of five megabytes, the smallest that S3 takes, several at a time.
        config = TransferConfig(multipart_threshold=5 * MEGABYTE, multipart_chunksize=5 * MEGABYTE)
        return client.upload_fileobj(io.BytesIO(arguments.pop("Body")), Config=config, **arguments)
    return getattr(client, request["method"])(**arguments)


for line in sys.stdin:
    try:
        answered = {"result": encode(answer(json.loads(line)))}
    except (BotoCoreError, ClientError) as error:
        response = getattr(error, "response", {})
        answered = {
            "error": {
                "class": type(error).__name__,
                "code": response.get("Error", {}).get("Code"),
                "status": response.get("ResponseMetadata", {}).get("HTTPStatusCode"),
                "message": str(error),
                "fields": {name: item for name, item in response.items() if name not in ("Error", "ResponseMetadata")},
            }
        }
    print(json.dumps(answered), flush=True)
