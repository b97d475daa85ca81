"""Redirect at a load balancer, or let it answer by itself: one change to what a listener does, or one rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flows.aws import listener_conditions, listener_rules
from flows.aws import load_balancers as lb
from flows.aws.load_balancers import NEW
from flows.engine import Caution, Choice, Cloud, Finding, Flow, Handover, Many, Picks, Plan, Text, Words, Yes

from . import answers, checks, diagnosis, handover, listener_answers, outcome, ports, repairs, steps, stick_answers, why
from .consents import CONSENTS
from .outcome import ALL, AS_IS, BEFORE, FIXED, HTTP, HTTPS, LEAVE, MATCHING, REDIRECT, STICK
from .picture import PICTURE
from .stick_answers import APPLICATION, BALANCER
from .which import WhichLoadBalancer


class LoadBalancerAnswers(Flow):
    """Send visitors elsewhere, answer them, or keep each with one server."""

    title = "Redirect or answer at a load balancer"
    words = (
        "http to https", "301", "302", "www", "maintenance page", "fixed response", "elb", "listener rule",
        "sticky session",
    )  # fmt: skip
    check = WhichLoadBalancer
    came_for = ("visitors_get", "dns_name")
    beyond = repairs.BEYOND
    matters = why.WHY
    picture = PICTURE
    consents = CONSENTS

    load_balancer = Choice(
        "Which load balancer?",
        lambda flow: lb.options(flow.cloud),
        check=answers.usable,
        form=answers.by_dns_name,
        why="The load balancer is the front door of your application. It can answer simple requests itself.",
        empty="There is no Application Load Balancer in this region. (Network and Gateway Load Balancers cannot "
        "redirect.) Choose another region with --region.",
    )
    action = Choice(
        "What should it do?",
        {
            REDIRECT: "Send visitors to another address, such as from http to https",
            FIXED: "Answer by itself, such as with a maintenance page",
            STICK: "Keep each visitor with the same server",
        },
        default=REDIRECT,
        why="A redirect tells the browser to ask again at another address; a fixed response is a short text. Your "
        "servers get no request in either case. A visitor who is kept comes back to the server that has the session.",
    )
    keep_by = Choice(
        "What shows which server a visitor belongs to?",
        {
            APPLICATION: "A cookie that your application sets itself, such as its session",
            BALANCER: "A cookie that the load balancer makes",
        },
        default=APPLICATION,
        when=action.is_(STICK),
        why="With the application's own cookie visitors stay only while they have a session, such as from log-in to "
        "log-out. With the load balancer's, every visitor stays.",
    )
    target_groups = Picks(
        "Which servers?",
        stick_answers.groups,
        check=stick_answers.keepable,
        default=stick_answers.usual_groups,
        least=1,
        when=action.is_(STICK),
        why="A target group is a group of servers to which a listener or a rule forwards. Each keeps its own visitors.",
        empty="No listener of this load balancer forwards to servers. There is nobody to stay with.",
    )
    cookie = Text(
        "What is the cookie called?",
        stick_answers.cookie,
        wanted="The name of the cookie",
        known=stick_answers.cookies,
        when=action.is_(STICK) & keep_by.is_(APPLICATION),
        example="JSESSIONID",
        why="You see it in the browser's developer tools under Storage, Cookies. The load balancer looks only at this "
        "name in your application's answers. If no answer ever sets it, nobody is kept, and AWS says nothing.",
    )
    scope = Choice(
        "For which requests?",
        {ALL: "All of them", MATCHING: "Only certain ones, such as those to a host or a path"},
        default=ALL,
        when=action.is_(REDIRECT, FIXED),
        why="All: the listener's default action is changed. Only certain ones: a rule with conditions is added, and "
        "the rest stays as it is. Methods, headers, queries and addresses can be among them, too.",
    )
    hosts = Many(
        "For which host names? None means any",
        listener_rules.host_pattern,
        check=answers.few_hosts,
        blank="any",
        default="",
        least=0,
        when=scope.is_(MATCHING),
        example="old.example.com, *.example.com",
        why="The name in the address bar. “*” stands for any characters, “?” for one. One of up to three must fit.",
    )
    paths = Many(
        "For which paths? None means any",
        listener_rules.path_pattern,
        check=answers.few_paths,
        blank="any",
        default="",
        least=0,
        when=scope.is_(MATCHING),
        example="/old/*",
        why="What comes after the host name. Upper and lower case count, and what follows a “?” in the address does "
        "not. A request has to fit both a host and a path.",
    )
    further = Many(
        "For which methods, headers, queries or addresses? None means any",
        listener_conditions.condition,
        check=answers.some_condition,
        blank="any",
        default="",
        least=0,
        when=scope.is_(MATCHING),
        fine_tuning=True,
        label="Further conditions",
        example="method=POST, query=version=v1, header=X-Beta=yes, source=203.0.113.0/24",
        why="A request has to fit all of these as well; of several values for one method, header, query or address one "
        "is enough. In headers and queries “*” stands for any characters, “?” for one, as for a blank.",
    )
    status = Text(
        "With which status code?",
        answers.code,
        wanted="A status code",
        known=answers.codes,
        only=action.is_(REDIRECT),
        check=answers.fitting_code,
        default=answers.usual_code,
        when=action.is_(REDIRECT, FIXED),
        example="301",
        live=True,
        why="Browsers and search engines act on it: a 503 is asked again later, a 404 or 410 is forgotten. Any code "
        "that starts with 2, 4 or 5 is possible.",
        worded=[
            (
                action.is_(REDIRECT),
                Words(why="Browsers and search engines remember 301 for a long time; with 302 they ask every time."),
            ),
        ],
    )
    body = Text(
        "What should the answer say?",
        str,
        check=answers.short_enough,
        default="We will be back soon.",
        when=action.is_(FIXED),
        label="Text",
        example="We will be back soon.",
        live=True,
        why="Up to 1024 bytes of text or HTML. Letters such as ä or 漢 take two or three bytes.",
    )
    content_type = Choice(
        "What kind of text is that?",
        listener_rules.CONTENT_TYPES,
        check=answers.really_json,
        default=answers.kind_of_text,
        when=action.is_(FIXED),
        why="Browsers and programs need to know how to read the answer.",
    )

    listener = Choice(
        "On which listener?",
        listener_answers.listener_options,
        default=listener_answers.usual_listener,
        when=action.is_(REDIRECT, FIXED),
        fine_tuning=True,
        why="A listener is a port on which the load balancer waits for requests: 80 for http, 443 for https.",
    )
    protocol = Choice(
        "To which protocol?",
        {HTTPS: "https", HTTP: "http", AS_IS: "the same as asked with: #{protocol}"},
        default=HTTPS,
        check=listener_answers.not_back_to_http,
        when=action.is_(REDIRECT),
        fine_tuning=True,
        label="To protocol",
        why="Protocol, host, port, path and query are the parts of the address that visitors are sent to. "
        "#{protocol}, #{host}, #{port}, #{path} and #{query} stand for what they asked for.",
    )
    host = Text(
        "To which host?",
        listener_rules.target_host,
        wanted="A host",
        default="#{host}",
        when=action.is_(REDIRECT),
        fine_tuning=True,
        label="To host",
        example="www.#{host}",
        live=True,
        why="#{host} is the name that the visitor asked for. It may stand inside a text, such as www.#{host}.",
    )
    https_listener = Choice(
        "Which https listener will visitors come back to?",
        listener_answers.https_options,
        check=listener_answers.sound_https,
        default=listener_answers.usual_https,
        when=action.is_(REDIRECT) & protocol.is_(HTTPS),
        fine_tuning=True,
        label="HTTPS listener",
        why="Without a listener for https the redirect would lead into nothing. If there is none, one is made and "
        "proved before anybody is sent to it.",
    )
    certificate = Choice(
        "Which certificate should the https listener use?",
        listener_answers.certificate_options,
        check=listener_answers.names_covered,
        default=listener_answers.best_certificate,
        when=https_listener.is_(NEW),
        fine_tuning=True,
        why="A certificate proves that the server belongs to the domain. The load balancer's own name "
        "(…elb.amazonaws.com) cannot have one.",
        empty="There is no issued certificate in this region. Request one first in AWS Certificate Manager "
        "(certificates from us-east-1 are only for CloudFront).",
    )
    tls_policy = Choice(
        "Which versions of TLS should it speak?",
        listener_answers.policy_options,
        check=listener_answers.modern,
        default=lambda flow: lb.best_policy(lb.policies(flow.cloud)),
        when=https_listener.is_(NEW),
        fine_tuning=True,
        label="TLS policy",
        why="The policy says how https is encrypted. The first one is what AWS recommends today; older ones let in "
        "very old browsers.",
    )
    forward_to = Choice(
        "Where should https requests go?",
        listener_answers.backends,
        check=listener_answers.some_backend,
        default=listener_answers.usual_backend,
        when=https_listener.is_(NEW),
        fine_tuning=True,
        label="HTTPS goes to",
        why="TLS ends at the load balancer, so the servers behind it see plain http as before.",
    )
    copy_rules = Yes(
        "Should the rules of the http listener also hold for https?",
        default=lambda flow: "yes" if outcome.to_copy(flow) else "no",
        when=https_listener.is_(NEW),
        fine_tuning=True,
        label="Copy rules",
        why="So that https does with each request what http did until now.",
    )
    port = Text(
        "To which port?",
        listener_rules.target_port,
        wanted="A port",
        check=listener_answers.answered_port,
        default=listener_answers.usual_port,
        when=action.is_(REDIRECT),
        fine_tuning=True,
        label="To port",
        example="443",
        live=True,
        why="443 is https. #{port} would keep the port that was asked for, 80 for http.",
    )
    path = Text(
        "To which path?",
        listener_rules.target_path,
        wanted="A path",
        default="/#{path}",
        when=action.is_(REDIRECT),
        fine_tuning=True,
        label="To path",
        example="/new/#{path}",
        live=True,
        why="#{path} is the path that was asked for, without its leading slash.",
    )
    query = Text(
        "With which query?",
        listener_rules.target_query,
        default="#{query}",
        when=action.is_(REDIRECT),
        fine_tuning=True,
        label="To query",
        example="#{query}",
        live=True,
        why="What follows the “?” in the address, written without it. Leave it empty to drop the query.",
    )
    existing_rules = Choice(
        "What about the rules that the listener has?",
        {LEAVE: "They go on answering first", BEFORE: "A new rule before them answers first"},
        check=answers.rules_first,
        default=LEAVE,
        when=scope.is_(ALL),
        fine_tuning=True,
        why="Rules are tried before the default action, so what they catch is not affected. No rule is removed in "
        "either case.",
    )
    priority = Text(
        "At which position (priority) should the rule stand?",
        answers.position,
        wanted="A position",
        check=answers.free_position,
        default=answers.next_position,
        when=scope.is_(MATCHING),
        fine_tuning=True,
        example="10",
        live=True,
        why="Rules are checked from the smallest number to the largest; the first that fits wins.",
    )
    open_ports = Yes(
        "Should visitors be let in where the security group does not yet?",
        check=answers.left_closed,
        default="yes",
        when=action.is_(REDIRECT, FIXED),
        fine_tuning=True,
        why="A security group is the load balancer's firewall. A port that it does not allow cannot be reached.",
    )
    visitors = Many(
        "Where do visitors come from?",
        ports.source,
        check=answers.to_everybody,
        default=answers.usual_visitors,
        when=open_ports.is_(True),
        fine_tuning=True,
        example="0.0.0.0/0",
        why="Networks (0.0.0.0/0 is everybody), or the ids of prefix lists or security groups. A port is opened for "
        "them only if it is closed; by default for those who may already use the other port.",
    )
    hsts = Choice(
        "Should browsers be told to use only https (HSTS)?",
        {0: "No", 300: "For 5 minutes, to try it", 86400: "For a day", 31536000: "For a year"},
        check=answers.strict,
        default="0",
        when=action.is_(REDIRECT) & protocol.is_(HTTPS),
        fine_tuning=True,
        label="HSTS",
        why="Browsers then do not even try http. It cannot be taken back before that time is over.",
    )
    names = Many(
        "Which host names lead to this load balancer?",
        listener_rules.host_pattern,
        default=answers.likely_names,
        least=0,
        when=action.is_(REDIRECT, FIXED),
        fine_tuning=True,
        example="shop.example.com",
        why="They are used to see whether the certificate covers them, and for the examples on the review.",
    )
    preview_url = Text(
        "An address to try?",
        lambda text: listener_rules.url(text) if text else None,
        check=answers.preview,
        default="",
        when=action.is_(REDIRECT, FIXED),
        fine_tuning=True,
        label="Try",
        example="http://shop.example.com/a?x=1",
        live=True,
        why="Type an address, and see what the load balancer would answer. Nothing is sent anywhere.",
    )
    duration = Text(
        "For how long after the last request?",
        stick_answers.seconds,
        wanted="A time",
        check=stick_answers.long_enough,
        default="1d",
        when=action.is_(STICK),
        fine_tuning=True,
        example="8h",
        why="At least as long as your application keeps a session. In seconds, or such as 30m, 8h, 1d; up to 7 days.",
    )
    keep_group = Yes(
        "Should a visitor stay with a group of servers, too, where weights divide them among several?",
        check=stick_answers.no_group,
        default="yes",
        when=action.is_(STICK) & keep_by.is_(BALANCER),
        fine_tuning=True,
        why="Where a listener or a rule forwards to several groups, the visitor must come back to the right group "
        "first, and then to the right server in it.",
    )

    def plan(self) -> Plan:
        return Plan.of(
            steps.steps(self),
            outputs=handover.outputs(self),
            facts=handover.facts(self),
            reads=handover.reads(self),
        )

    def checks(self) -> Iterable[Finding | Caution]:
        return checks.before(self)

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        return diagnosis.diagnose(cloud, subject["load_balancer"], probe=subject.get("probe") == "yes")
