"""SNS topics that count who listens. By mail and over HTTP somebody listens once they confirmed it, which nobody can do
here: the link is in the mail."""

from __future__ import annotations

from typing import Any

from moto.sns.models import SNSBackend, Subscription
from moto.sns.responses import SNSResponse

from flows.practice.gaps.wire import Response, answers

CONFIRMED_BY_HAND = ("email", "email-json", "http", "https")

_subscribe: Any = SNSBackend.subscribe
_attributes: Any = SNSResponse.get_topic_attributes


def _subscribes(self: SNSBackend, topic_arn: str, endpoint: str, protocol: str) -> Subscription:
    made: Subscription = _subscribe(self, topic_arn, endpoint, protocol)
    if protocol in CONFIRMED_BY_HAND:
        made.attributes["PendingConfirmation"] = True
    return made


def _got(self: Response) -> Any:
    topic = self.backend.get_topic(self._get_param("TopicArn"))
    listening = [each for each in self.backend.subscriptions.values() if each.topic.arn == topic.arn]
    waiting = sum(bool(each.attributes.get("PendingConfirmation")) for each in listening)
    topic.subscriptions_pending, topic.subscriptions_confimed = waiting, len(listening) - waiting  # moto spells it so
    return _attributes(self)


def install() -> None:
    SNSBackend.subscribe = _subscribes  # type: ignore[method-assign]
    answers(SNSResponse, {"get_topic_attributes": _got})
