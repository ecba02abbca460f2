"""Keys and the code that makes them are joined."""

import pytest

from checker.link import join, merge_resources
from checker.model import DELETED, ROOT_USER, Link, Location, Origin, Rotation
from tests.factories import AT, KEY_ID, a_key, a_resource, an_instance, days, facts

K = "aws_iam_access_key.k"
OTHER = "AKIAIOTHEROTHEROTHER"
OLD = "aws_iam_access_key.old"


def links(*items):
    """What each key is linked to: id, address of the instance, exact."""
    return [(one.key.id, one.instance.address, one.exact) for one in join(facts(*items))]


def test_an_address_links_exactly():
    """A key that stands in a state at the address of an instance was made by it."""
    key, resource = a_key(address=K), a_resource()
    assert join(facts(key, resource)) == (Link(key=key, resource=resource, instance=resource.instances[0], exact=True),)


def test_a_user_whose_name_is_sensitive_does_not_decide():
    """The address links, whatever name the code has for the user."""
    assert links(a_key(user=f"(sensitive) {K}", address=K), a_resource()) == [(KEY_ID, K, True)]


def test_the_instance_is_told():
    """Each key of a for_each belongs to its own instance, though all are of one user."""
    resource = a_resource(instances=(an_instance(f'{K}["a.b"]'), an_instance(f'{K}["c"]')))
    assert links(a_key(address=f'{K}["c"]'), resource) == [(KEY_ID, f'{K}["c"]', True)]


@pytest.mark.parametrize(
    ("address", "instance"),
    [
        (f"{K}[0]", f"{K}[*]"),
        (f'{K}["a"]', f"{K}[*]"),
        (f'{K}["a]b\\"c"]', f"{K}[*]"),
        (f'module.m["k.2"].{K}[1]', f"module.m[*].{K}[*]"),
        (f'module.m["k.2"].{K}[1]', f"module.m[*].{K}[1]"),
    ],
)
def test_an_index_that_the_code_cannot_tell_fits_any(address, instance):
    """[*] stands for whatever index the state has."""
    assert links(a_key(address=address), a_resource(instances=(an_instance(instance, user=None),))) == [(KEY_ID, instance, True)]


@pytest.mark.parametrize(
    ("address", "instance"),
    [
        (K, f"{K}[*]"),
        (f"{K}[0]", K),
        (f"{K}[0]", f"{K}[1]"),
        (f"module.m[0].{K}[1]", f"module.m[*].{K}[2]"),
        (f"module.m[0].{K}", f"module.m[0].{K}[*]"),
        (f"{K}2[0]", f"{K}[*]"),
    ],
)
def test_other_addresses_do_not_fit(address, instance):
    """Another index, another number of indexes and another name are another instance."""
    assert links(a_key(address=address), a_resource(instances=(an_instance(instance, user=None),))) == []


def test_a_known_index_is_preferred():
    """An instance of that very address is meant before one with [*]."""
    resource = a_resource(instances=(an_instance(f"{K}[*]", user=None), an_instance(f"{K}[0]", user=None)))
    assert links(a_key(address=f"{K}[0]"), resource) == [(KEY_ID, f"{K}[0]", True)]


def test_an_unknown_index_is_never_taken():
    """Many keys may come from one [*]."""
    resource = a_resource(instances=(an_instance(f"{K}[*]"),))
    found = links(a_key(address=f"{K}[0]"), a_key(address=f"{K}[1]", id=OTHER), a_key(id="AKIAX"), resource)
    assert found == [(KEY_ID, f"{K}[*]", True), (OTHER, f"{K}[*]", True), ("AKIAX", f"{K}[*]", False)]


@pytest.mark.parametrize(
    ("address", "call"),
    [
        ("module.user.aws_iam_access_key.this[0]", "module.user"),
        ('module.user["a.b"].aws_iam_access_key.this', 'module.user["a.b"]'),
        ("module.user[1].module.inner.aws_iam_access_key.this", "module.user[*]"),
        ("module.a.module.user.aws_iam_access_key.this", "module.a.module.user"),
    ],
)
def test_a_key_inside_a_module_is_the_modules(address, call):
    """A public module that is known only by its call has made the keys below its address."""
    module = a_resource(type="module", address="module.user", instances=(an_instance(call, user=None),))
    assert links(a_key(address=address), module) == [(KEY_ID, call, True)]


def test_the_innermost_module_is_meant():
    """Of two calls on the way the inner one has made the key."""
    calls = (an_instance("module.a", user=None), an_instance("module.a.module.b", user=None))
    module = a_resource(type="module", instances=calls)
    assert links(a_key(address="module.a.module.b.aws_iam_access_key.this"), module) == [(KEY_ID, "module.a.module.b", True)]


@pytest.mark.parametrize(
    "address", ["module.users.aws_iam_access_key.this", "module.other.aws_iam_access_key.this", "module.user"]
)
def test_a_key_outside_of_a_module_is_not(address):
    """A name that only begins alike is another module."""
    module = a_resource(type="module", instances=(an_instance("module.user[*]", user=None), an_instance("module.us", user=None)))
    assert links(a_key(address=address), module) == []


def test_only_a_module_holds_what_is_inside():
    """A resource at the address of a module is no module."""
    assert links(a_key(address="module.user.x.y"), a_resource(instances=(an_instance("module.user", user=None),))) == []


def test_two_roots_with_the_same_address():
    """The user decides between roots; where it does not, no link is exact."""
    roots = [
        a_resource(instances=(an_instance(root=root, user=user),), location=Location(path=f"{root}/main.tf"))
        for root, user in (("a", "alice"), ("b", "bob"))
    ]
    [link] = join(facts(a_key(address=K, user="bob"), *roots))
    assert (link.instance.root, link.exact) == ("b", True)
    unknown = a_resource(instances=(an_instance(root="c", user=None),), location=Location(path="c/main.tf"))
    [link] = join(facts(a_key(address=K, user="bob"), *roots, unknown))
    assert (link.instance.root, link.exact) == ("b", True)
    [link] = join(facts(a_key(address=K, user="carol"), *roots, unknown))
    assert (link.instance.root, link.exact) == ("c", True)
    same = [a_resource(instances=(an_instance(root=root),), location=Location(path=f"{root}/main.tf")) for root in ("a", "b")]
    assert [(one.instance.root, one.exact) for one in join(facts(a_key(address=K), *same))] == [("a", False), ("b", False)]


def test_another_user_at_the_same_address_is_not_meant():
    """A state of another root may have the address with another user."""
    assert links(a_key(address=K, user="other"), a_resource()) == []


def test_a_users_name_links_likely():
    """Without an address the name of the user tells what is likely."""
    assert links(a_key(), a_resource()) == [(KEY_ID, K, False)]
    assert links(a_key(user="other"), a_resource()) == []
    assert links(a_key(), a_resource(instances=(an_instance(user=None),))) == []


def test_an_address_that_the_code_lacks_leaves_the_name():
    """After a move in the code the state's address is another one; the user still tells what is likely."""
    assert links(a_key(address="aws_iam_access_key.old"), a_resource()) == [(KEY_ID, K, False)]


def test_code_of_the_user_tells_more_than_a_block_that_is_in_no_code():
    """A state brings its own block along, which tells of no line and no mechanism; another user's code is not meant."""
    old = a_resource(
        Rotation.UNKNOWN, address=OLD, origin=Origin.STATE, instances=(an_instance(OLD, root=""),), location=None, block=None
    )
    assert links(a_key(address=OLD), old, a_resource()) == [(KEY_ID, K, False)]
    assert links(a_key(address=OLD), old, a_resource(instances=(an_instance(user="other"),))) == [(KEY_ID, OLD, True)]
    assert links(a_key(address=OLD, planned=("no-op",)), old, a_resource()) == [(KEY_ID, OLD, True)]
    assert links(a_key(address=OLD), a_key(id=OTHER, address=K), old, a_resource()) == [
        (KEY_ID, OLD, True),
        (OTHER, K, True),
    ]


def test_a_block_that_the_code_tells_elsewhere_makes_no_key():
    """Two roots may be meant by a plan's block: they are, and it is not a third."""
    roots = [a_resource(instances=(an_instance(root=root),), location=Location(path=f"{root}/main.tf")) for root in ("a", "b")]
    block = a_resource(Rotation.ELSEWHERE, origin=Origin.PLAN, instances=(an_instance(root=""),), location=None, block=None)
    found = [(one.instance.root, one.exact) for one in join(facts(a_key(address=K), *roots, block))]
    assert found == [("a", False), ("b", False)]


def test_every_instance_of_the_user_is_likely():
    """Where a user has two instances, either may have made the key."""
    resource = a_resource(instances=(an_instance(f"{K}[0]"), an_instance(f"{K}[1]"), an_instance(f"{K}[2]", user="x")))
    assert links(a_key(), resource) == [(KEY_ID, f"{K}[0]", False), (KEY_ID, f"{K}[1]", False)]


def test_an_instance_whose_key_is_known_is_not_likely():
    """An instance makes one key: where a state tells which, no other key is likely its."""
    assert links(a_key(address=K), a_key(id=OTHER), a_resource()) == [(KEY_ID, K, True)]
    two = a_resource(instances=(an_instance(f"{K}[0]"), an_instance(f"{K}[1]")))
    assert links(a_key(address=f"{K}[0]"), a_key(id=OTHER), two) == [(KEY_ID, f"{K}[0]", True), (OTHER, f"{K}[1]", False)]


def test_the_same_address_in_another_root_stays_likely():
    """What is taken is an instance of one root."""
    first = a_resource(instances=(an_instance(root="a"),), location=Location(path="a/main.tf"))
    second = a_resource(address="j", instances=(an_instance("j", root="b"),), location=Location(path="b/main.tf"))
    assert links(a_key(address=K), a_key(id=OTHER), first, second) == [(KEY_ID, K, True), (OTHER, "j", False)]


def test_the_same_user_in_two_accounts_is_likely_in_both():
    """Nothing tells which account the code is for."""
    some = [a_key(account="1" * 12), a_key(account="2" * 12, id=OTHER)]
    assert links(*some, a_resource()) == [(KEY_ID, K, False), (OTHER, K, False)]


@pytest.mark.parametrize("changes", [{"user": ROOT_USER}, {"status": DELETED}])
def test_what_no_code_can_have_made(changes):
    """A root key is made by no code, and a key that is no more is not looked for."""
    assert links(a_key(**changes), a_resource(instances=(an_instance(user=changes.get("user", "ci")),))) == []


def test_a_deleted_key_keeps_its_exact_link():
    """The state still says which instance it was, so the instance's place is taken."""
    assert links(a_key(address=K, status=DELETED), a_key(id=OTHER), a_resource()) == [(KEY_ID, K, True)]


def test_links_come_in_order():
    """Links are sorted by key, then by root, address and place."""
    here = a_resource(instances=(an_instance(f"{K}[1]"), an_instance(f"{K}[0]"), an_instance("j", root="a")))
    there = a_resource(instances=(an_instance(f"{K}[0]"),), location=Location(path="a.tf"))
    first, second = a_key(days(100)), a_key(10, id=OTHER)
    found = join(facts(second, first, here, there, at=AT))
    assert [(one.key.id, one.instance.root, one.instance.address, str(one.resource.location)) for one in found] == [
        (key, root, address, place)
        for key in (KEY_ID, OTHER)
        for root, address, place in (
            (".", f"{K}[0]", "a.tf:1"),
            (".", f"{K}[0]", "main.tf:5"),
            (".", f"{K}[1]", "main.tf:5"),
            ("a", "j", "main.tf:5"),
        )
    ]


def test_an_address_from_before_a_move_leads_to_the_code():
    """A state from before the move knows the key by its old address; a block that has that address now comes first."""
    moved = a_resource(instances=(an_instance(K, was=(OLD,)),))
    state = a_resource(Rotation.UNKNOWN, address=OLD, origin=Origin.STATE, instances=(an_instance(OLD, root=""),), location=None)
    assert merge_resources([moved, state]) == (moved,)
    assert links(a_key(address=OLD), moved) == [(KEY_ID, K, True)]
    assert links(a_key(address=OLD), moved, a_resource(address=OLD, instances=(an_instance(OLD),))) == [(KEY_ID, OLD, True)]


def test_a_module_that_moved_takes_its_keys_along():
    """A key inside a known public module is the call's, by its old name too."""
    call = a_resource(type="module", address="module.new", instances=(an_instance("module.new", was=("module.old",)),))
    assert links(a_key(address=f"module.old.{K}"), call) == [(KEY_ID, "module.new", True)]
