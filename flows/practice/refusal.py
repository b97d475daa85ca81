"""What the practice account cannot do, said in the language of the service that was asked.

moto answers a call it lacks with a Python exception or an empty page. A caller, and the person in front of
it, should meet an ordinary error with a code and a sentence instead, so the error is written here in each of
the formats that botocore reads.
"""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest

Answer = tuple[int, dict[str, str], bytes]

NOT_PART = "NotPartOfPractice"
FAULT = "PracticeFault"


def refusal(request: AWSPreparedRequest, code: str, message: str) -> Answer:
    """A 400, because botocore would try anything higher again."""
    headers = {"x-amzn-errortype": code}
    kind = str(request.headers.get("Content-Type", ""))
    protocol = str(request.headers.get("smithy-protocol", ""))
    if "cbor" in protocol:
        fields = b"".join(_cbor(text) for text in ("__type", code, "message", message))
        headers |= {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}
        return 400, headers, b"\xa2" + fields
    if "x-www-form-urlencoded" in kind or _speaks_xml(str(request.url)):
        error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        host = str(request.url).split("/")[2]
        if host.startswith("ec2."):
            body = f"<Response><Errors>{error}</Errors><RequestID>practice</RequestID></Response>"
        elif ".s3." in f".{host}":
            body = error
        else:
            body = f"<ErrorResponse>{error}<RequestId>practice</RequestId></ErrorResponse>"
        return 400, {**headers, "content-type": "text/xml"}, body.encode()
    answer = json.dumps({"__type": code, "message": message, "Message": message})
    return 400, {**headers, "content-type": "application/json"}, answer.encode()


def _speaks_xml(url: str) -> bool:
    host = "." + url.split("/")[2]
    return any(f".{name}." in host for name in ("s3", "s3-control", "route53", "cloudfront"))


def _cbor(text: str) -> bytes:
    """A text string with a two-byte length, which is all of CBOR that an error needs."""
    data = text.encode()
    return b"\x79" + len(data).to_bytes(2, "big") + data
