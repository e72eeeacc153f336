"""Laws that hold for every tenant: what planning promises whatever the files and the current state say."""

import csv
import datetime
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from random_worlds import PEOPLE, World, dice, guid, random_world
from safety import apply, assert_safe, held_before
from tenantry.documents.check import check
from tenantry.documents.json import read_json
from tenantry.documents.plan import read_plan
from tenantry.engine.asking import Request
from tenantry.engine.plan import plan_tenants
from tenantry.model.digest import canonical
from tenantry.model.plan import Finding, Plan, PlanSet
from tenantry.model.plan_data import plan_set_data
from tenantry.model.state import Account
from tenantry.planning.planner import Question, plan
from tenantry.planning.terms import moved_terms, terms_of
from worlds import DAY, NIMBUS, TENANT, Folder, directory, moves, of_rule, planned, question

SEEDS = st.integers(0, 10**9)
NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
SECTIONS = {"service": "services", "user": "users", "virtual_user": "virtual_users"}
LABELS = ("name", "organization_unit", "cost_center", "assignment_type")
TIERS = NIMBUS.tiers
OFF = {"guards": {"max_revocations": "off"}}


def asked_of(world: World) -> Question:
    return question(world.parts, world.current, world.workspace, rosters=world.rosters)


# desired and current


def as_files(current: Mapping[str, Any]) -> dict[str, Any]:
    """Files that say exactly what the current state is, and that this is all."""
    files: dict[str, Any] = {"contract": {"contingency": dict.fromkeys(NIMBUS.licenses, 9)}, "manage": {}}
    for section in SECTIONS.values():
        if current.get(section):
            files["manage"][section] = "all"
            files[section] = {
                key: {name: value for name, value in row.items() if name != "enabled"}
                for key, row in current[section].items()
            }
    return files


@given(SEEDS)
@settings(max_examples=150)
def test_what_is_as_it_should_be_has_no_difference(seed: int) -> None:
    current = random_world(dice(seed), NIMBUS).current
    answer = planned(as_files(current), current)
    assert (answer.changes, answer.updates) == ((), ())
    assert answer.verdict == "no_changes"


def carried_out(asked: Question, answer: Plan, current: Mapping[str, Any]) -> dict[str, Any]:
    """The snapshot after a plan was carried out: changes, and updates by what each field means."""
    rows: dict[str, dict[str, Any]] = {}
    renamed = {item.before: item.after for item in answer.updates if item.field == "rename"}
    for kind, section in SECTIONS.items():
        for key, row in current.get(section, {}).items():
            rows[f"{kind}:{renamed.get(key, key)}"] = dict(row)
    names = {holder.lower(): holder for holder in rows}
    held = held_before(asked, answer)
    for change in answer.changes:
        apply(held, change)
    for holder, has in held.items():
        row = rows.setdefault(names.get(holder.lower(), holder), {})
        if holder.startswith("service:"):
            row["addons"] = sorted(has.difference(TIERS))
            row["license"] = NIMBUS.tier_of(has)
        else:
            row["licenses"] = sorted(has)
    for item in answer.updates:
        holder = names.get(item.holder.lower(), item.holder)
        if item.field == "dropped":
            del rows[holder]
        elif item.field != "rename":
            assert rows.setdefault(holder, {}).get(item.field) == item.before
            rows[holder][item.field] = item.after
    result: dict[str, Any] = {section: {} for section in SECTIONS.values()}
    for holder, row in rows.items():
        kind, _, key = holder.partition(":")
        result[SECTIONS[kind]][key] = row
    return result


@given(SEEDS)
@settings(max_examples=300)
def test_after_a_plan_is_carried_out_there_is_no_difference(seed: int) -> None:
    world = random_world(dice(seed), NIMBUS)
    asked = asked_of(world)
    after = carried_out(asked, plan(asked), world.current)
    again = plan(asked_of(replace(world, current=after)))
    assert (again.changes, again.updates) == ((), ())


@given(SEEDS)
@settings(max_examples=200)
def test_after_a_plan_by_what_a_directory_tells_is_carried_out_there_is_no_difference(seed: int) -> None:
    chance = dice(seed)
    world = random_world(chance, NIMBUS)
    known = [*PEOPLE, "new@x.example"]
    accounts = [Account(upn=upn, object_id=guid(at % 7)) for at, upn in enumerate(known) if chance.random() < 0.7]
    for row in world.current["users"].values():
        if "object_id" not in row and chance.random() < 0.3:
            row["object_id"] = guid(chance.randint(0, 9))

    def asked(current: dict[str, Any]) -> Question:
        return question(world.parts, current, rosters=world.rosters, directory=directory(*accounts))

    first = asked(world.current)
    answer = plan(first)
    if not of_rule(answer, "identity-conflict"):  # else it is never carried out
        again = plan(asked(carried_out(first, answer, world.current)))
        assert (again.changes, again.updates) == ((), ())


# an understanding of the files that shares no line with the planner's

Spoken = tuple[frozenset[str] | None, bool, bool]
"""What an entry gives (None: it is silent), whether it is in force, and whether it has ended."""


def expected(world: World) -> dict[str, frozenset[str]]:
    """The licenses of every holder with any after the plan, as the meanings of absence in the contract say."""
    merged: dict[str, dict[str, Any]] = {"services": {}, "users": {}, "virtual_users": {}, "profiles": {}, "manage": {}}
    for part in world.parts:
        for section, entries in merged.items():
            entries.update(part.get(section, {}))
    written = {section for part in world.parts for section in part}
    rosters = [body for part in world.parts for body in part.get("rosters", ())]
    how = {section: merged["manage"].get(section, "listed") for section in SECTIONS.values() if section in written}
    if rosters:
        how["users"] = merged["manage"].get("users", "listed")
    result = _services(merged["services"], world.current["services"], how.get("services", "none"))
    bots = {key: [_spoken(entry, {})] for key, entry in merged["virtual_users"].items() if "absent" not in entry}
    gone = {key for key, entry in merged["virtual_users"].items() if "absent" in entry}
    known = {key: row for key, row in world.current["virtual_users"].items() if key not in gone}
    result |= _people("virtual_user", bots, known, how.get("virtual_users", "none"))
    profiles = {"one": frozenset(merged["profiles"].get("one", {}).get("licenses", ()))}
    profiles["two"] = profiles["one"] | set(merged["profiles"].get("two", {}).get("licenses", ()))
    people = {upn.lower(): [_spoken(entry, profiles)] for upn, entry in merged["users"].items()}
    for body in rosters:
        for row in csv.DictReader(io.StringIO(world.rosters[body["file"]]), delimiter=";"):
            people.setdefault(row["upn"].lower(), []).append(_spoken_row(row, body, profiles))
    renames = {entry["previously"].lower(): upn for upn, entry in merged["users"].items() if "previously" in entry}
    users = {renames.get(upn.lower(), upn.lower()): row for upn, row in world.current["users"].items()}
    result |= _people("user", people, users, how.get("users", "none"))
    return {holder: has for holder, has in result.items() if has}


def _spoken(entry: Mapping[str, Any], profiles: Mapping[str, frozenset[str]]) -> Spoken:
    gives = None
    if "licenses" in entry or "profiles" in entry:
        gives = frozenset(entry.get("licenses", ())).union(*(profiles[name] for name in entry.get("profiles", ())))
        gives -= set(entry.get("without", ()))
    begun, ended = entry.get("from", "") <= DAY, entry.get("until", "9") < DAY
    return gives, begun and not ended, ended


def _spoken_row(row: Mapping[str, str], body: Mapping[str, Any], profiles: Mapping[str, frozenset[str]]) -> Spoken:
    entry: dict[str, Any] = {"licenses": []} if row["licenses"] == "none" else {}
    if row["licenses"] not in ("", "none"):
        entry["licenses"] = row["licenses"].split("|")
    if row["profiles"] or "profiles" in body:
        entry["profiles"] = (
            [*row["profiles"].split(","), *body.get("profiles", ())] if row["profiles"] else body["profiles"]
        )
    return _spoken({**entry, **({"until": row["until"]} if row["until"] else {})}, profiles)


def _people(
    kind: str, entries: Mapping[str, list[Spoken]], known: Mapping[str, Any], how: str
) -> dict[str, frozenset[str]]:
    result = {}
    for key in known.keys() | entries.keys():
        has = frozenset(known[key].get("licenses", ())) if key in known else frozenset[str]()
        speaking = [item for item in entries.get(key, ()) if item[0] is not None]
        now = [gives for gives, in_force, _ in speaking if in_force and gives is not None]
        if now:
            has = frozenset().union(*now)
        elif how == "all" or (speaking and all(ended for _, _, ended in speaking)):
            has = frozenset()
        result[f"{kind}:{key}"] = has
    return result


def _services(entries: Mapping[str, Any], known: Mapping[str, Any], how: str) -> dict[str, frozenset[str]]:
    result = {}
    for key in known.keys() | entries.keys():
        entry, row = entries.get(key), known.get(key)
        tier, addons = (row["license"], row["addons"]) if row else (None, [])
        begun = entry is not None and entry.get("from", "") <= DAY
        ended = entry is not None and entry.get("until", "9") < DAY
        if entry is not None and "absent" in entry:
            tier, addons = None, []
        elif (how == "all" and (row or (begun and entry)) and not (begun and not ended)) or (
            entry is not None and begun and ended
        ):
            tier, addons = TIERS[0], []
        elif entry is not None and begun:
            left = (TIERS[0], []) if how == "all" or row is None else (tier, addons)
            tier, addons = entry.get("license", left[0]), entry.get("addons", left[1])
        result[f"service:{key}"] = frozenset([*([tier] if tier else []), *addons])
    return result


@given(SEEDS)
@settings(max_examples=500)
def test_current_with_the_plan_carried_out_is_what_the_files_ask_for(seed: int) -> None:
    world = random_world(dice(seed), NIMBUS)
    asked = asked_of(world)
    answer = plan(asked)
    held = held_before(asked, answer)
    for change in answer.changes:
        apply(held, change)
    found = {_folded(holder): has for holder, has in held.items() if has}
    assert found == expected(world)


def _folded(holder: str) -> str:
    return holder.lower() if holder.startswith("user:") else holder


@given(SEEDS)
@settings(max_examples=200)
def test_every_prefix_of_a_plan_is_safe_whoever_has_the_units(seed: int) -> None:
    chance = dice(seed)
    world = random_world(chance, NIMBUS)
    more = {name: chance.randint(1, 3) for name in NIMBUS.licenses if chance.random() < 0.2}
    asked = question(world.parts, world.current, world.workspace, rosters=world.rosters, unaccounted=more)
    assert_safe(asked, plan(asked))


@given(SEEDS)
@settings(max_examples=100)
def test_what_is_remembered_and_what_only_the_vendor_counts_change_nobodys_licenses(seed: int) -> None:
    world = random_world(dice(seed), NIMBUS)
    bare = plan(asked_of(world))
    known = {"terms": {}, "declared": frozenset(), "unaccounted": dict.fromkeys(NIMBUS.licenses, 1)}
    full = plan(question(world.parts, world.current, world.workspace, rosters=world.rosters, **known))
    assert sorted(moves(bare)) == sorted(moves(full))
    assert (bare.updates, bare.goal, bare.unmanaged) == (full.updates, full.goal, full.unmanaged)
    assert [(row.before + 1, row.after + 1) for row in bare.usage] == [(row.before, row.after) for row in full.usage]
    assert alarms(bare) == alarms(full)


# how it is written


class Plain(yaml.SafeDumper):
    """Writes what is equal twice."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # the name that yaml calls
        """Never one."""
        return True


def mixed(chance: Random, data: Any) -> Any:
    """The same data with keys and list items in another order."""
    if isinstance(data, dict):
        return {key: mixed(chance, data[key]) for key in chance.sample(list(data), len(data))}
    return [mixed(chance, item) for item in chance.sample(data, len(data))] if isinstance(data, list) else data


def mixed_roster(chance: Random, text: str) -> str:
    """The same people in other rows, the same cells in other columns, another delimiter."""
    head, *rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    columns = chance.sample(range(len(head)), len(head))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=chance.choice(";,"), lineterminator=chance.choice(("\n", "\r\n")))
    writer.writerows([row[at] for at in columns] for row in [head, *chance.sample(rows, len(rows))])
    return out.getvalue()


def planned_text(files: Mapping[str, str], current: Mapping[str, Any]) -> PlanSet:
    snapshot = {"format": "tenantry-snapshot/1", "tenant": TENANT, **current}
    request = Request(files=Folder(files), now=NOON, snapshots=(("now.json", json.dumps(snapshot).encode()),))
    plans, _ = plan_tenants(request)
    assert plans.problems == ()
    return plans


def placeless(plans: PlanSet) -> dict[str, Any]:
    data = plan_set_data(plans)
    del data["digest"]
    for item in data["plans"]:
        for found in (*item["findings"], *item["changes"]):
            found.pop("file")
            found.pop("line")
            found.pop("column", None)
    return data


def guarded(chance: Random) -> dict[str, Any]:
    """A workspace with guards, rules and waivers, some of which are needed."""
    rules = ("max-revocations", "min-holders", "protected-holder", "contract-ended")
    waivers = [
        {
            "rule": rule,
            "tenant": TENANT,
            "reason": f"because {at}",
            "until": chance.choice(("2026-11-20", "2026-12-20")),
        }
        for at, rule in enumerate(chance.choices(rules, k=3))
    ]
    return {
        "guards": {
            "max_revocations": chance.choice(("off", {"percent": 20, "count": 1})),
            "min_holders": dict.fromkeys(chance.sample(list(NIMBUS.licenses), 2), 2),
            "protected": [f"user:{name}@x.example" for name in chance.sample(("ada", "bob", "cyd"), 2)],
        },
        "rules": {"companion-idle": "error", "virtual-user-idle": "off"},
        "waivers": waivers,
        "profiles": {"shared": {"licenses": chance.sample(NIMBUS.of("user"), 2)}},
    }


@given(SEEDS)
@settings(max_examples=200)
def test_the_order_of_anything_written_changes_nothing_but_places(seed: int) -> None:
    chance = dice(seed)
    world, workspace = random_world(chance, NIMBUS), {"version": 1, **guarded(chance)}
    names = [f"tenants/{TENANT}/{at}.yaml" for at in range(len(world.parts))]
    texts: list[dict[str, str]] = []
    for again in (False, True):
        parts = chance.sample(world.parts, len(world.parts)) if again else world.parts
        files = {name: {"version": 1, **part} for name, part in zip(names, parts, strict=True)}
        files["tenantry.yaml"] = workspace
        if again:
            files = {name: mixed(chance, data) for name, data in chance.sample(list(files.items()), len(files))}
        text = {name: yaml.dump(data, Dumper=Plain, sort_keys=False) for name, data in files.items()}
        rosters = {name: mixed_roster(chance, rows) if again else rows for name, rows in world.rosters.items()}
        texts.append(text | {f"tenants/{TENANT}/{name}": rows for name, rows in rosters.items()})
    first, second = (planned_text(files, world.current) for files in texts)
    assert placeless(first) == placeless(second)
    assert first.effect == second.effect


@given(SEEDS)
@settings(max_examples=100)
def test_a_plan_that_is_written_and_read_again_is_the_same(seed: int) -> None:
    world = random_world(dice(seed), NIMBUS)
    files = {f"tenants/{TENANT}/{at}.yaml": json.dumps({"version": 1, **part}) for at, part in enumerate(world.parts)}
    files |= {f"tenants/{TENANT}/{name}": rows for name, rows in world.rosters.items()}
    plans = planned_text(files, world.current)
    document, problems = read_json("plan.json", canonical(plan_set_data(plans)).encode(), limit=10**9)
    assert document is not None
    assert [*problems, *check(document, "plan", NIMBUS)] == []
    assert read_plan(document) == plans


# guards


def losing(current: Mapping[str, Any], lost: Mapping[str, set[str]], down: Mapping[str, int]) -> dict[str, Any]:
    """Files that take licenses from people, and lower services to the default tier (1) or drop them (2)."""
    as_it_is = {key: {"license": row["license"]} for key, row in current["services"].items()}
    services = {key: (as_it_is[key], {"license": TIERS[0]}, {"absent": True})[how] for key, how in down.items()}
    users = {upn: {"licenses": sorted({*current["users"][upn]["licenses"]} - gone)} for upn, gone in lost.items()}
    files: dict[str, Any] = {"contract": {"contingency": dict.fromkeys(NIMBUS.licenses, 9)}}
    return files | ({"services": services} if services else {}) | ({"users": users} if users else {})


GUARDS = ("max-revocations", "min-holders", "protected-holder", "downgrade-in-use")


def alarms(answer: Plan) -> set[tuple[str, str | None, str | None]]:
    """The guards that speak, by license, and by holder where they speak of one."""

    def holder(item: Finding) -> str | None:
        return item.holder if item.rule in ("protected-holder", "downgrade-in-use") else None

    errors = [item for item in answer.findings if item.severity == "error"]
    return {(item.rule, item.license, holder(item)) for item in errors if item.rule in GUARDS}


@given(SEEDS)
@settings(max_examples=300)
def test_more_removals_never_silence_a_guard(seed: int) -> None:
    chance = dice(seed)
    current = random_world(chance, NIMBUS).current
    held = [(f"user:{upn}", name) for upn, row in current["users"].items() for name in row["licenses"]]
    held += [(f"service:{key}", row["license"]) for key, row in current["services"].items()]
    current["in_use"] = [
        {"holder": holder, "license": name, "what": "x"} for holder, name in held if chance.random() < 0.2
    ]
    own = {upn: row["licenses"] for upn, row in current["users"].items()}
    less = {upn: {name for name in names if chance.random() < 0.3} for upn, names in own.items()}
    more = {upn: gone | {name for name in own[upn] if chance.random() < 0.3} for upn, gone in less.items()}
    down = {key: chance.choice((0, 0, 1)) for key in current["services"]}
    deep = {key: max(how, chance.choice((0, 0, 1, 2))) for key, how in down.items()}
    workspace = {"guards": guarded(chance)["guards"]}
    workspace["guards"]["min_holders"].pop(TIERS[0], None)  # a service that is lowered is one holder more of it
    first = planned(losing(current, less, down), current, workspace)
    second = planned(losing(current, more, deep), current, workspace)
    assert alarms(first) <= alarms(second)


# digests


@given(SEEDS, SEEDS)
@settings(max_examples=60)
def test_goals_and_bases_are_equal_exactly_when_what_they_stand_for_is(one: int, other: int) -> None:
    first, second = (random_world(dice(seed % 30), NIMBUS) for seed in (one, other))
    second.parts[-1]["contract"] = first.parts[-1]["contract"]
    own, their, joined = (plan(asked_of(world)) for world in (first, second, replace(first, current=second.current)))
    assert joined.goal == own.goal
    assert joined.basis == their.basis
    assert (own.goal == their.goal) == (one % 30 == other % 30)
    assert (own.basis == their.basis) == (asked_of(first).current == asked_of(second).current)


# terms


def flat(data: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """The single values of terms by their paths; an item of a list is a path to itself."""
    if isinstance(data, list):
        data = {item: item for item in data}
    if isinstance(data, dict) and data:
        return {where: value for key, inner in data.items() for where, value in flat(inner, (*path, key)).items()}
    return {path: "empty" if data == {} else str(data)}


@given(SEEDS, SEEDS)
@settings(max_examples=60)
def test_exactly_the_terms_that_differ_have_moved(one: int, other: int) -> None:
    terms = []
    for seed in (one % 40, other % 40):
        chance = dice(seed)
        world = random_world(chance, NIMBUS)
        workspace = {key: value for key, value in guarded(chance).items() if key in ("guards", "rules")}
        asked = question(world.parts, world.current, workspace, rosters=world.rosters)
        terms.append(terms_of(asked.tenant, asked.catalog, asked.policy))
    first, second = (flat(item) for item in terms)
    moved = {move.path: (move.before, move.after) for move in moved_terms(*terms)}
    paths = first.keys() | second.keys()
    assert moved == {path: (first.get(path), second.get(path)) for path in paths if first.get(path) != second.get(path)}
    assert (moved_terms(*terms) == ()) == (terms[0] == terms[1])
