"""One comment a plan on each platform: made once, kept up to date, and nobody else's ever touched."""

from collections.abc import Iterator

import pytest
from tests.forges.local_server import Reply, Server, Watch
from tests.forges.platforms import (
    COMMIT,
    ME,
    OTHER,
    PLATFORMS,
    PULL,
    TOKEN,
    FakeAzure,
    FakeGitHub,
    FakeGitLab,
    Merged,
    Platform,
)

from tenantry.errors import OperatorError, PlanAgainError
from tenantry.forges.marker import Marker
from tenantry.forges.sticky import REPLACED, Posted, post, reviewed

EFFECT, ANOTHER = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def page(effect: str = EFFECT, says: str = "ready") -> str:
    return f"<!-- tenantry:plan effect={effect} -->\n## ✔ {says}: Acmé ✖ 会社\n\n| a | b |\n"


def keyed(key: str, effect: str = EFFECT) -> str:
    first, rest = page(effect).split("\n", 1)
    return f"{first}\n<!-- tenantry:key={key} -->\n{rest}"


class Desk:
    """A platform that runs, and what a pipeline does there."""

    def __init__(self, platform: Platform, server: Server) -> None:
        self.platform, self.server, self.watch = platform, server, Watch()

    def post(self, text: str, key: str | None = None, *, active: bool | None = None) -> Posted:
        self.server.asked.clear()
        return post(self.forge, PULL, Marker(key), text, active=active)

    def reviewed(self, key: str | None = None) -> str:
        return reviewed(self.forge, Marker(key), COMMIT, self.watch.pace.wait)

    @property
    def forge(self):  # type: ignore[no-untyped-def] # noqa: ANN201 - whichever platform it is
        return self.platform.forge(self.server, self.watch.pace)

    @property
    def writes(self) -> list[str]:
        return [line for line in self.server.lines("graphql|query$") if not line.startswith("GET ")]


@pytest.fixture(params=PLATFORMS, ids=lambda kind: kind.name)
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    platform = request.param()
    with Server(platform.answer) as server:
        yield Desk(platform, server)


# the one comment


def test_the_first_run_makes_a_comment_with_every_character(desk: Desk) -> None:
    posted = desk.post(page())
    assert posted.status == "created"
    assert posted.where
    assert desk.platform.by(ME) == [page().rstrip()] or desk.platform.by(ME) == [page()]


def test_a_second_run_writes_it_anew_and_an_equal_one_writes_nothing(desk: Desk) -> None:
    desk.post(page())
    assert desk.post(page(ANOTHER, "rejected")).status == "updated"
    assert [body.split("\n")[0] for body in desk.platform.by(ME)] == [f"<!-- tenantry:plan effect={ANOTHER} -->"]
    assert desk.post(page(ANOTHER, "rejected")).status == "unchanged"
    assert desk.writes == []


def test_a_body_that_the_forge_has_trimmed_is_unchanged(desk: Desk) -> None:
    desk.platform.write(ME, page().replace("\n", "\r\n").strip())
    assert desk.post(page()).status == "unchanged"


def test_the_comment_is_found_among_more_than_a_page_of_others(desk: Desk) -> None:
    for number in range(150):
        desk.platform.write(OTHER, f"Comment {number}")
    mine = desk.platform.write(ME, page())
    for number in range(80):
        desk.platform.write(OTHER, f"Reply {number}")
    assert desk.post(page(ANOTHER)).status == "updated"
    assert mine.body == page(ANOTHER)
    assert len([line for line in desk.server.lines() if line.startswith("GET") and "7/" in line]) == 3


@pytest.mark.parametrize("body", [page(), page().replace("\n", "\r\n"), keyed("a"), "", " \n", "<!-- tenantry:plan"])
def test_a_comment_of_somebody_else_is_neither_edited_nor_believed(desk: Desk, body: str) -> None:
    foreign = desk.platform.write(OTHER, body)
    assert desk.post(page(ANOTHER)).status == "created"
    assert foreign.body == body
    assert desk.platform.by(ME)[0].startswith(f"<!-- tenantry:plan effect={ANOTHER} -->")


@pytest.mark.parametrize(
    "body",
    [
        "A plan",
        f"> {page()}",
        f"\n{page()}",
        f" {page()}",
        f"See {page()}",
        page().replace("sha256:", "sha256:0"),
        page().replace("plan effect", "plan  effect"),
        "<!-- tenantry:plan effect=sha256:… -->",
        "<!-- tenantry:plan effect= -->",
        REPLACED,
    ],
)
def test_a_comment_of_ones_own_that_is_no_plan_is_left_alone(desk: Desk, body: str) -> None:
    other = desk.platform.write(ME, body)
    assert desk.post(page()).status == "created"
    assert other.body == body


def test_each_key_has_a_comment_of_its_own(desk: Desk) -> None:
    for key in (None, "emea", "apac"):
        assert desk.post(page(), key).status == "created"
    assert desk.post(page(ANOTHER), "emea").status == "updated"
    assert [body.rstrip() for body in desk.platform.by(ME)] == [
        page().rstrip(),
        keyed("emea", ANOTHER).rstrip(),
        keyed("apac").rstrip(),
    ]


def test_markdown_that_was_keyed_before_gets_the_key_of_this_call(desk: Desk) -> None:
    desk.post(keyed("old"), "new")
    desk.post(keyed("old"))
    assert [body.rstrip() for body in desk.platform.by(ME)] == [keyed("new").rstrip(), page().rstrip()]


def test_where_two_jobs_made_two_the_first_is_kept_and_the_others_are_no_plan_any_more(desk: Desk) -> None:
    first, second, keyed_one = (desk.platform.write(ME, body) for body in (page(), page(ANOTHER), keyed("a")))
    assert desk.post(page()).status == "updated"
    assert (first.body, second.body, keyed_one.body) == (page(), REPLACED, keyed("a"))
    assert desk.post(page()).status == "unchanged"


# what a token may not


@pytest.mark.parametrize("what", ["listing", "creating"])
@pytest.mark.parametrize("gone", [True, False])
def test_a_token_that_may_not_is_told_which_permission_it_lacks(desk: Desk, what: str, *, gone: bool) -> None:
    reply = Reply(status=404, data={"message": "Not Found"}) if gone else desk.platform.forbidden
    desk.server.disturb(getattr(desk.platform, what), reply)
    posted = desk.post(page())
    assert posted.status == "refused"
    assert desk.forge.lacking in posted.where
    assert str(reply.status) in posted.where
    assert desk.platform.notes == []


def test_a_token_that_is_wrong_is_an_error_and_not_a_missing_permission(desk: Desk) -> None:
    desk.server.disturb(desk.platform.listing, Reply(status=401, data={"message": "Bad credentials"}))
    with pytest.raises(OperatorError, match="401: Bad credentials") as caught:
        desk.post(page())
    assert "expired" in caught.value.hint


def test_a_comment_that_is_too_long_is_an_error_that_says_what_to_do(desk: Desk) -> None:
    with pytest.raises(OperatorError, match="too long") as caught:
        desk.post(page() + "x" * desk.platform.limit)
    assert "--max-bytes" in caught.value.hint
    assert desk.platform.notes == []


def test_a_gateway_that_takes_no_more_is_too_long_as_well(desk: Desk) -> None:
    desk.server.disturb(desk.platform.creating, Reply(status=413, raw=b"<html>"))
    with pytest.raises(OperatorError, match="too long"):
        desk.post(page())


def test_an_update_that_is_too_long_leaves_the_comment_that_was(desk: Desk) -> None:
    desk.post(page())
    with pytest.raises(OperatorError, match="too long"):
        desk.post(page(ANOTHER) + "x" * desk.platform.limit)
    assert EFFECT in desk.platform.by(ME)[0]


# when no answer comes


@pytest.mark.parametrize("reply", [Reply(gone=True), Reply(status=502, raw=b""), Reply(status=504, raw=b"<html>")])
def test_a_comment_whose_answer_was_lost_is_not_made_twice(desk: Desk, reply: Reply) -> None:
    desk.server.disturb(desk.platform.creating, reply, done=True)
    assert desk.post(page()).status == "unchanged"
    assert len(desk.platform.notes) == 1


def test_a_comment_that_never_arrived_is_made_after_another_look(desk: Desk) -> None:
    desk.server.disturb(desk.platform.creating, Reply(gone=True))
    assert desk.post(page()).status == "created"
    assert len(desk.platform.notes) == 1
    assert desk.watch.waits == [1.0]


def test_a_forge_that_never_takes_it_is_an_error_after_three_turns(desk: Desk) -> None:
    desk.server.disturb(desk.platform.creating, *[Reply(status=503, raw=b"")] * 9)
    with pytest.raises(OperatorError, match="answered 503"):
        desk.post(page())
    assert len(desk.writes) == 3


def test_a_comment_is_made_after_the_pause_that_the_server_wants(desk: Desk) -> None:
    desk.server.disturb(desk.platform.creating, Reply(status=429, headers={"Retry-After": "7"}))
    assert desk.post(page()).status == "created"
    assert desk.watch.waits == [7.0]


@pytest.mark.parametrize("reply", [Reply(status=500, data={"message": "oops"}), Reply(status=418, raw=b"teapot")])
def test_any_other_failure_is_an_error_at_once(desk: Desk, reply: Reply) -> None:
    desk.server.disturb(desk.platform.creating, reply)
    with pytest.raises(OperatorError, match=str(reply.status)):
        desk.post(page())
    assert len(desk.writes) == 1


def test_a_list_that_breaks_off_is_no_empty_list(desk: Desk) -> None:
    for number in range(130):
        desk.platform.write(OTHER, f"Comment {number}")
    desk.platform.write(ME, page())
    desk.server.disturb(desk.platform.listing, Reply(status=500, data={}))
    with pytest.raises(OperatorError):
        desk.post(page())
    desk.server.disturb(desk.platform.listing, Reply(data={"message": "maintenance"}))
    with pytest.raises(OperatorError, match="something else than a list"):
        desk.post(page())
    assert len(desk.platform.by(ME)) == 1


# what was reviewed


def test_what_was_reviewed_is_read_from_the_merged_pull_request(desk: Desk) -> None:
    desk.platform.merges += [Merged(), Merged(pull=8, merged=False), Merged(pull=9, commit="b2" * 20)]
    desk.platform.write(OTHER, page(ANOTHER))
    desk.post(page())
    desk.post(page(ANOTHER), "emea")
    desk.platform.write(OTHER, page(ANOTHER))
    assert (desk.reviewed(), desk.reviewed("emea")) == (EFFECT, ANOTHER)


def test_a_marker_in_a_foreign_comment_never_counts(desk: Desk) -> None:
    desk.platform.merges.append(Merged())
    desk.platform.write(OTHER, page())
    desk.platform.write(ME, f"> {page()}")
    with pytest.raises(PlanAgainError, match="no comment with a plan"):
        desk.reviewed()


def test_a_comment_of_another_key_never_counts(desk: Desk) -> None:
    desk.platform.merges.append(Merged())
    desk.post(page(), "emea")
    with pytest.raises(PlanAgainError, match="no comment with a plan"):
        desk.reviewed()
    with pytest.raises(PlanAgainError, match="the key apac"):
        desk.reviewed("apac")


def test_comments_that_tell_different_effects_tell_nothing(desk: Desk) -> None:
    desk.platform.merges.append(Merged())
    desk.platform.write(ME, page())
    assert desk.platform.write(ME, page()).body
    assert desk.reviewed() == EFFECT
    desk.platform.write(ME, page(ANOTHER))
    with pytest.raises(PlanAgainError, match="different effects"):
        desk.reviewed()


def test_a_commit_that_no_single_pull_request_has_made_was_not_reviewed(desk: Desk) -> None:
    with pytest.raises(PlanAgainError, match="merge of none"):
        desk.reviewed()
    desk.platform.merges += [Merged(pull=8, merged=False), Merged(pull=9, commit="b2" * 20)]
    with pytest.raises(PlanAgainError, match="merge of none"):
        desk.reviewed()
    desk.platform.merges += [Merged(), Merged(pull=11)]
    with pytest.raises(PlanAgainError, match="merge of 2: 7, 11"):
        desk.reviewed()


def test_a_merge_of_which_the_forge_learns_a_little_later_is_waited_for(desk: Desk) -> None:
    desk.post(page())
    merges = iter(([], [Merged()]))

    def later(seconds: float) -> None:
        desk.watch.waits.append(seconds)
        desk.platform.merges += next(merges)

    assert reviewed(desk.forge, Marker(), COMMIT, later) == EFFECT
    assert desk.watch.waits == [3.0, 6.0]


def test_where_it_may_not_be_read_the_permission_is_told_and_nothing_is_believed(desk: Desk) -> None:
    desk.platform.merges.append(Merged())
    desk.server.disturb(desk.platform.listing, desk.platform.forbidden)
    with pytest.raises(OperatorError, match="can't be read") as caught:
        desk.reviewed()
    assert caught.value.hint == desk.forge.lacking


# whatever a server says


HOSTILE = [
    "\x1b[2J\u202e",
    "\n::set-output name=x::y",
    "##vso[task.complete]",
    "a" * 9_000,
    TOKEN,
    None,
    3,
    {"a": [[]]},
]


@pytest.mark.parametrize("said", HOSTILE, ids=lambda said: str(said)[:8].encode("unicode_escape").decode())
def test_what_a_server_says_is_clipped_on_one_line_and_has_no_token(desk: Desk, said: object) -> None:
    desk.server.disturb(desk.platform.listing, Reply(status=500, data={"message": said, "errors": [said, {}]}))
    with pytest.raises(OperatorError) as caught:
        desk.post(page())
    text = f"{caught.value} {caught.value.hint}"
    assert "\n" not in text
    assert TOKEN not in text
    assert len(text) < 500


@pytest.mark.parametrize("body", [None, 7, [], {"a": 1}, "\ud800", "\x00", "x" * 100_000])
def test_comments_of_any_shape_are_passed_over(desk: Desk, body: object) -> None:
    note = desk.platform.write(OTHER, "")
    note.body = body  # type: ignore[assignment]
    mine = desk.platform.write(ME, "")
    mine.body = body  # type: ignore[assignment]
    assert desk.post(page()).status == "created"


# only GitHub


@pytest.fixture
def github() -> Iterator[Desk]:
    platform = FakeGitHub()
    with Server(platform.answer) as server:
        yield Desk(platform, server)


def test_a_person_s_token_knows_the_person_s_comments(github: Desk) -> None:
    assert isinstance(github.platform, FakeGitHub)
    github.platform.me = github.platform.viewer = "ada"
    github.post(page())
    assert github.post(page()).status == "unchanged"
    bot = github.platform.write("github-actions[bot]", page())
    assert github.post(page(ANOTHER)).status == "updated"
    assert bot.body == page()


def test_where_the_server_won_t_say_whose_token_it_is_it_is_the_workflow_s(github: Desk) -> None:
    assert isinstance(github.platform, FakeGitHub)
    github.platform.viewer = None
    github.post(page())
    assert github.post(page(ANOTHER)).status == "updated"
    user = github.platform.write("github-actions[bot]", page())  # the same name, and no bot
    assert github.post(page()).status == "updated"
    assert user.body == page()
    assert len(github.platform.notes) == 2


def test_the_interface_that_knows_the_author_stands_beside_that_of_a_server_of_one_s_own(github: Desk) -> None:
    forge = github.platform.forge(github.server, github.watch.pace)
    list(forge.own(PULL))
    assert "POST /graphql" in github.server.lines()
    other = type(forge)(  # type: ignore[call-arg]
        address=f"{github.server.address}/api/v3", repository="acme/licenses", token=TOKEN, pace=github.watch.pace
    )
    github.server.asked.clear()
    with pytest.raises(OperatorError):
        list(other.own(PULL))
    assert github.server.lines() == ["POST /api/graphql", "GET /api/v3/repos/acme/licenses/issues/7/comments"]


def test_a_limit_that_github_tells_as_forbidden_is_no_missing_permission(github: Desk) -> None:
    for reply in (
        Reply(status=403, headers={"x-ratelimit-remaining": "0"}, data={"message": "API rate limit exceeded"}),
        Reply(status=403, data={"message": "You have exceeded a secondary rate limit."}),
        Reply(status=403, headers={"Retry-After": "3"}, data={}),
    ):
        github.server.disturb(github.platform.creating, reply)
    assert github.post(page()).status == "created"
    assert github.watch.waits == [1.0, 2.0, 3.0]


# only Azure DevOps


@pytest.fixture
def azure() -> Iterator[Desk]:
    platform = FakeAzure()
    with Server(platform.answer) as server:
        yield Desk(platform, server)


def test_a_thread_is_open_while_somebody_has_to_look_and_closed_when_not(azure: Desk) -> None:
    azure.post(page(), active=True)
    [note] = azure.platform.notes
    assert note.status == "active"
    azure.post(page(ANOTHER), active=False)
    assert note.status == "closed"
    azure.post(page(), active=True)
    assert note.status == "active"


def test_a_thread_that_somebody_has_resolved_stays_so_while_nothing_moves(azure: Desk) -> None:
    azure.post(page(), active=True)
    [note] = azure.platform.notes
    note.status = "fixed"
    assert azure.post(page(), active=True).status == "unchanged"
    assert note.status == "fixed"


def test_without_a_plan_beside_it_nothing_is_said_of_open_or_closed(azure: Desk) -> None:
    azure.post(page())
    [note] = azure.platform.notes
    assert note.status is None
    note.status = "byDesign"
    azure.post(page(ANOTHER))
    assert note.status == "byDesign"
    assert len(azure.writes) == 1


def test_a_thread_that_was_replaced_holds_nothing_back(azure: Desk) -> None:
    first, second = (azure.platform.write(ME, body) for body in (page(), page(ANOTHER)))
    second.status = "active"
    azure.post(page(), active=True)
    assert (first.status, second.status) == (None, "closed")


def test_a_thread_that_was_deleted_is_none(azure: Desk) -> None:
    azure.platform.write(ME, page()).status = "deleted"
    assert azure.post(page(ANOTHER)).status == "created"


# only GitLab


def test_a_note_of_gitlab_s_own_is_none() -> None:
    platform = FakeGitLab()
    platform.write(ME, page()).status = "system"
    with Server(platform.answer) as server:
        assert Desk(platform, server).post(page(ANOTHER)).status == "created"
