"""Reports for the tests of formats: a believable one, an empty one, a hostile one, and one as large as asked for."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from inspect import cleandoc

from checker.model import (
    ROOT_USER,
    AccessKey,
    Edit,
    Evidence,
    Exemption,
    Facts,
    Finding,
    Fix,
    Gap,
    Instance,
    KeyResource,
    LastUse,
    Location,
    Looks,
    Mechanism,
    ModuleCall,
    Origin,
    Related,
    Report,
    Rotation,
    Rule,
    Seen,
    Severity,
    SourceText,
)

AT = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
PROD, STAGE = "111122223333", "444455556666"
LIMIT = timedelta(days=90)

KEYS_TF = """\
# Keys of the payments team.
resource "aws_iam_user" "deploy" {
  name = "ci-deploy"
}

resource "aws_iam_access_key" "deploy" {
  user = aws_iam_user.deploy.name
}

resource "time_rotating" "quarter" {
  rotation_days = 60
}

resource "aws_iam_access_key" "export" {
  user = "export"

  lifecycle {
    replace_triggered_by  = [time_rotating.quarter]
    create_before_destroy = true
  }
}
"""
CI_TF = """\
variable "rotation_days" {
  default = 180
}

resource "aws_iam_access_key" "runner" {
  for_each = toset(["a", "b"])
  user     = each.key
}
"""
POLICY = "name: ours\nfail_on: medium\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """max_age: the oldest that an active key may be."""

    max_age: timedelta = LIMIT


def _check(facts: Facts, params: object) -> Iterator[Finding]:
    yield from ()


def a_rule(name: str, severity: Severity, looks: Looks, title: str) -> Rule:
    """A rule with a text of the shape that real rules have."""
    doc = cleandoc(f"""{title}.

    A key that lives long is a key that leaks. The longer it lives, the more places hold a copy of it.

    Replace it: `terraform apply -replace=ADDRESS`.

    Bad:

    ```terraform
    resource "aws_iam_access_key" "k" {{
      user = "ci"
    }}
    ```

    Good: a key that something replaces in time.
    """)
    return Rule(id=name, severity=severity, looks=looks, doc=doc, params=Params, check=_check)


RULES = (
    a_rule("key-too-old", Severity.HIGH, Looks.KEYS, "An active access key is older than the policy allows"),
    a_rule("key-due-soon", Severity.LOW, Looks.KEYS, "An active access key will soon be too old"),
    a_rule("key-unused", Severity.MEDIUM, Looks.KEYS, "An active access key is not used"),
    a_rule("root-has-key", Severity.CRITICAL, Looks.KEYS, "The root user has an active access key"),
    a_rule("no-rotation", Severity.HIGH, Looks.CODE, "Nothing ever replaces this access key"),
    a_rule("broken-rotation", Severity.HIGH, Looks.CODE, "What looks like rotation never replaces this access key"),
    a_rule("slow-rotation", Severity.HIGH, Looks.CODE, "This access key is replaced too seldom"),
    a_rule("rotation-overdue", Severity.HIGH, Looks.LINK, "The code promises rotation, and the live key is older"),
)


def at(path: str, line: int, column: int = 1, end_column: int = 40) -> Location:
    return Location(path=path, line=line, column=column, end_line=line, end_column=end_column)


def key_id(number: int) -> str:
    """A key id of the true shape, made from a number."""
    return "AKIA" + base64.b32encode(number.to_bytes(10, "big")).decode()


def a_key(user: str = "ci-deploy", *, age: float = 10, **changes: object) -> AccessKey:
    """An active live key of `user`, `age` days old, used yesterday."""
    number = sum(ord(letter) * 31**place for place, letter in enumerate(user)) % 2**70 + int(age)
    whole = AccessKey(
        user=user,
        status="Active",
        seen_in=Seen.LIVE,
        as_of=AT,
        created=AT - timedelta(days=age),
        id=key_id(number),
        account=PROD,
        last_used=LastUse(at=AT - timedelta(days=1), service="s3", region="eu-central-1"),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def a_resource(name: str = "deploy", *, path: str = "infra/payments/keys.tf", line: int = 6, **changes: object) -> KeyResource:
    """A key resource in code that nothing rotates."""
    header = f'resource "aws_iam_access_key" "{name}"'
    address = f"aws_iam_access_key.{name}"
    root = path.rpartition("/")[0]
    whole = KeyResource(
        address=address,
        type="aws_iam_access_key",
        origin=Origin.CODE,
        mechanism=Mechanism(kind=Rotation.NONE, why="nothing hangs on time"),
        instances=(Instance(address=address, root=root, user="ci-deploy"),),
        location=at(path, line, 1, len(header) + 1),
        block=Location(path=path, line=line, end_line=line + 2, end_column=2),
        module_path=root,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def a_finding(rule: str = "no-rotation", severity: Severity = Severity.HIGH, **changes: object) -> Finding:
    """A finding on a key resource of the payments team."""
    resource = a_resource()
    whole = Finding(
        rule=rule,
        severity=severity,
        subject=resource.address,
        message="Nothing ever replaces this access key. It lives until a person removes it.",
        remedy="Let a time_rotating resource replace it through a terraform_data resource.",
        location=resource.location,
        resource=resource,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def a_key_finding(key: AccessKey, rule: str = "key-too-old", severity: Severity = Severity.HIGH, **changes: object) -> Finding:
    """A finding on a live key that no code is known for."""
    age = (key.age(AT) or timedelta()).days
    due = key.created + LIMIT if key.created else None
    whole = Finding(
        rule=rule,
        severity=severity,
        subject=key.subject,
        message=f"{age} days old; the limit is 90{f' (since {due:%Y-%m-%d})' if due else ''}.",
        remedy=f"Run `keyturn rotate {key.user}`.",
        key=key,
        limit=LIMIT,
        due=due,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def a_report(*findings: Finding, **changes: object) -> Report:
    """A report that holds these findings and nothing else."""
    whole = Report(at=AT, policy="default", fail_on=Severity.MEDIUM, findings=findings, rules=RULES)
    return replace(whole, **changes)  # type: ignore[arg-type]


def _code_findings() -> Iterator[Finding]:
    fix = Fix(
        title="Replace the key through a terraform_data resource",
        edits=(Edit(path="infra/payments/keys.tf", start=148, end=148, text="\n  lifecycle {}\n"),),
        safe=True,
    )
    yield a_finding(fix=fix)
    export = a_resource("export", line=14)
    yield a_finding(
        "broken-rotation",
        subject=export.address,
        message="`time_rotating.quarter` never replaces this key. It leaves the state when it ends, and nothing fires on that.",
        remedy="Put a terraform_data resource between the two",
        location=export.location,
        resource=export,
        related=(
            Related(location=at("infra/payments/keys.tf", 10, 1, 35), message="what the key hangs on"),
            Related(location=at("../shared/main.tf", 3), message="the module that is called"),
        ),
    )
    runner = a_resource("runner", path="infra/ci/ci.tf", line=5)
    yield a_finding(
        "slow-rotation",
        subject=runner.address,
        message="Replaced every 180 days; the limit is 90.",
        remedy="Set rotation_days to 90 or less.",
        location=runner.location,
        resource=runner,
        limit=LIMIT,
    )


def _key_findings() -> Iterator[Finding]:
    yield a_key_finding(a_key("ci-deploy", age=412))
    soon = a_key("bären", age=80, account=STAGE)
    yield a_key_finding(soon, "key-due-soon", Severity.LOW, message="Due in 10 days; the limit is 90.")
    root = a_key(ROOT_USER, age=30, id=None, slot=1, arn=f"arn:aws:iam::{PROD}:root")
    all_powerful = "The root user has an active key. It can do everything."
    yield a_key_finding(root, "root-has-key", Severity.CRITICAL, message=all_powerful, limit=None, due=None)
    idle = a_key("reporting", age=60, last_used=LastUse(at=None))
    yield a_key_finding(idle, "key-unused", Severity.MEDIUM, message="Never used in 60 days; the limit is 45.", due=None)
    until = AT + timedelta(days=38)
    exempt = Exemption(reason="vendor cannot rotate before the move, OPS-1412", until=until, location=at("keyturn.yaml", 9))
    yield a_key_finding(a_key("ci-legacy", age=700), exempt=exempt)


def believable() -> Report:
    """What a scan of one repository and two accounts could answer."""
    findings = (*_code_findings(), *_key_findings())
    young = tuple(a_key(f"app-{number}", age=3 + 7 * number, account=(PROD, STAGE)[number % 2]) for number in range(12))
    keys = tuple(one.key for one in findings if one.key) + young + (a_key("ci-old", age=200, status="Inactive"),)
    places = {"module.user_a": at("infra/a/main.tf", 3), "module.user_b": at("infra/b/main.tf", 3)}
    calls = tuple(
        ModuleCall(address=address, source="example/iam/aws", location=place, why="it is not on disk")
        for address, place in places.items()
    )
    return a_report(
        *findings,
        policy="ours",
        gaps=(
            Gap(
                what="infra/broken.tf",
                why="this block is not valid Terraform",
                location=at("infra/broken.tf", 7),
                hint="Run `terraform validate` there",
            ),
            Gap(what="account 777788889999", why="access denied for iam:ListUsers", hint="Attach SecurityAudit to the role"),
        ),
        evidence=(
            Evidence(kind="code", name="infra", counts=(("files", 41), ("root modules", 1), ("key resources", 3))),
            Evidence(kind="report", name="prod.csv", as_of=AT - timedelta(days=3), counts=(("users", 14), ("keys", 15))),
            Evidence(kind="live", name="account 444455556666", as_of=AT, counts=(("users", 6), ("keys", 7))),
        ),
        calls=calls,
        keys=keys,
        resources=tuple(one.resource for one in findings if one.resource),
        limits=tuple((key.subject, LIMIT) for key in keys if key.active),
        texts=(
            SourceText(path="infra/ci/ci.tf", text=CI_TF),
            SourceText(path="infra/payments/keys.tf", text=KEYS_TF),
            SourceText(path="keyturn.yaml", text=POLICY),
        ),
    )


HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link \u202eback\u2069 \u200b\r\n::error::injected|a|`b`"
    "<script>alert(1)</script><img src=x onerror=alert(1)> \"q\" 's' {0} [x](javascript:alert(1)) ]]> \x00\udc80 &amp;"
)
"""What a resource or a user might be called by somebody who means harm."""
FORMULAS = ("=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1")


def hostile(text: str = HOSTILE) -> Report:
    """A report in which everything that comes from outside is `text`."""
    place = Location(path=text, line=3, end_line=3, end_column=9)
    resource = a_resource(
        address=text,
        location=place,
        block=place,
        module_path=text,
        instances=(Instance(address=text, root=text, user=text, calls=(Related(location=place, message=text),)),),
        mechanism=Mechanism(kind=Rotation.MANUAL, why=text, driver=text, hangs_on=place, blocked_by=text),
    )
    key = a_key(text, age=400, id=text, account=text, arn=text, status="Active", tags=((text, text),), address=text)
    related = (Related(location=place, message=text),)
    said = {"subject": text, "message": text, "remedy": text, "related": related}
    exempt = Exemption(reason=text, until=AT + timedelta(days=9), location=place)
    fix = Fix(title=text, edits=(Edit(path=text, start=0, end=1, text=text),), safe=True)
    return a_report(
        a_finding(resource=resource, location=place, fix=fix, **said),
        a_finding("slow-rotation", resource=resource, location=place, exempt=exempt, **said),
        a_key_finding(key, **said),
        policy=text,
        gaps=(Gap(what=text, why=text, location=place, hint=text),),
        evidence=(Evidence(kind="code", name=text, counts=((text, 1),)),),
        calls=(ModuleCall(address=text, source=text, location=place, why=text),),
        loosened=(text,),
        keys=(key,),
        resources=(resource,),
        limits=((key.subject, LIMIT),),
        texts=(SourceText(path=text, text=f"{text}\n" * 4),),
    )


def large(number: int = 10_000) -> Report:
    """As many keys, half of them too old, and as many findings, half of them in code."""
    keys = tuple(a_key(f"user-{n:05}", age=n % 180 + 1, account=f"{n % 40:012}", id=key_id(n)) for n in range(number))
    live = tuple(a_key_finding(key) for key in keys if (key.age(AT) or LIMIT) > LIMIT)
    paths = [f"infra/team-{n:03}/keys.tf" for n in range(max(number // 50, 1))]
    code = []
    for n in range(number - len(live)):
        resource = a_resource(f"key_{n:05}", path=paths[n % len(paths)], line=3 * (n // len(paths)) + 1)
        code.append(a_finding(subject=resource.address, location=resource.location, resource=resource))
    texts = tuple(SourceText(path=path, text='resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n' * 30) for path in paths)
    return a_report(
        *live,
        *code,
        evidence=(Evidence(kind="live", name="40 accounts", as_of=AT, counts=(("keys", number),)),),
        keys=keys,
        resources=tuple(one.resource for one in code if one.resource),
        limits=tuple((key.subject, LIMIT) for key in keys),
        texts=texts,
    )
