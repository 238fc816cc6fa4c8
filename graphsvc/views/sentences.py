"""Sentences of pages that depend on the data and on the reader. Pure functions; they return text, never markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graphsvc.analysis.key_players.gains import DIGITS, Gain
from graphsvc.records.dates import typed_day
from graphsvc.records.numbers import count, plural
from graphsvc.views.wording import voices

NARROW = "Narrow it: fewer steps, a least belief, only the record, or leave somebody out"
# Shown instead of a rank range if the case has only contacts, or if what the person does may not be shown; also shown
# instead of a rank if no one stands out.
NOT_TOLD = "not told"
_BEFORE = ", with what was given before"


def share(of: float, *, in_steps: bool) -> str:
    """Say what a claim contributes to a score.

    Args:
        of: the claim's share of the score.
        in_steps: whether shares are rounded to the nearest quarter, so that 0 may be a small share.

    Example:
        >>> share(1.2, in_steps=False), share(0.0, in_steps=False), share(0.0, in_steps=True)
        ('+1.20 of the score', 'no share of the score', 'next to nothing of the score')
    """
    if of:
        return f"{of:+.2f} of the score"
    return "next to nothing of the score" if in_steps else "no share of the score"


def size(entities: int, links: int) -> str:
    """Say how large a picture is.

    Example:
        >>> size(1, 2)
        '1 entity, 2 links'
    """
    return f"{count(entities, 'entity')}, {count(links, 'link')}"


def gone_text(number: int, of: str = "") -> str:
    """Say how many of something no longer exist.

    Example:
        >>> gone_text(1), gone_text(2, "of the starts")
        ('1 is not here any more', '2 of the starts are not here any more')
    """
    amount = f"{number:,} {of}".rstrip()
    return f"{amount} {plural(number, 'is', 'are')} not here any more"


def neighbours(number: int) -> str:
    """Say how many neighbours a picture could still show.

    Example:
        >>> neighbours(1), neighbours(0)
        ('1 neighbour not in the picture', 'All its neighbours are in the picture')
    """
    return f"{count(number, 'neighbour')} not in the picture" if number else "All its neighbours are in the picture"


def amounts_unstated(claims: int) -> str:
    """Say that some payments are in no sum, as they have no amount or none that the reader may see.

    Args:
        claims: number of rows of claims.

    Example:
        >>> amounts_unstated(1), amounts_unstated(2)
        ('1 more has no amount shown.', '2 more have no amount shown.')
    """
    return f"{claims:,} more {plural(claims, 'has', 'have')} no amount shown."


# -- sets -----------------------------------------------------------------------------------------------------


def adds_to_set(gain: Gain, names: Mapping[str, str], *, things: bool = False) -> str:
    """Say why a person is in a set of key players: what it is without them, and what a substitute would add.

    Args:
        gain: what they add to the set.
        names: id → name of the people in `gain`.
        things: whether the network contains things as well as people.

    Example:
        >>> adds_to_set(Gain("a", "fragment", 0.604, 0.561, 0.043, "b", 0.012, 14, 3, 320), {"a": "Ash", "b": "Birch"})
        'Without Ash 14 people in 3 pieces are cut off from the other 320; fragmentation is 0.604 instead of 0.561. Birch, who links most of the same people, would add 0.012 in their place, 0.031 less.'
        >>> adds_to_set(Gain("a", "reach", 0.36, 0.317, 0.043), {"a": "Ash"})
        'With Ash they reach 0.360 of the network instead of 0.317. Nobody else links the same people.'
    """
    name = names.get(gain.person, gain.person)
    if gain.goal == "reach":
        why = f"With {name} they reach {gain.of_set:.3f} of the network instead of {gain.without:.3f}."
    else:
        cut = f"nobody is cut off, but ways between others {'get longer' if gain.adds > 0 else 'stay as they are'}"
        if gain.cut_off:
            of_whom = ("person or thing", "people and things") if things else ("person", "people")
            people = count(gain.cut_off, *of_whom)
            pieces = f" in {gain.pieces} pieces" if gain.pieces > 1 else ""
            cut = f"{people}{pieces} {plural(gain.cut_off, 'is', 'are')} cut off from the other {gain.rest:,}"
        why = f"Without {name} {cut}; fragmentation is {gain.of_set:.3f} instead of {gain.without:.3f}."
    if not gain.instead:
        return f"{why} Nobody else links the same people."
    less = round(gain.adds - gain.adds_instead, DIGITS)
    beside = f"{abs(less):.3f} {'less' if less > 0 else 'more'}" if less else "as much"
    substitute = names.get(gain.instead, gain.instead)
    return f"{why} {substitute}, who links most of the same people, would add {gain.adds_instead:.3f} in their place, {beside}."


# -- paper ----------------------------------------------------------------------------------------------------


def on_paper(case: str, handling: str, version: int, by: str, purpose: str) -> str:
    """Return the mark on every printed sheet: the case and its version, who printed it, and why.

    Args:
        case: name of the case.
        handling: strictest handling code on the sheet.
        version: number of changes to the case that are visible at the reader's clearance.
        by: person who prints it.
        purpose: purpose of their session.

    Example:
        >>> on_paper("dover", "C", 12, "ann", "Operation Tern")
        'Case dover · Handling C · data version 12 · printed by ann for: Operation Tern'
    """
    return f"Case {case} · Handling {handling} · data version {version} · printed by {by} for: {purpose}"


# -- loading --------------------------------------------------------------------------------------------------


def recall(exports: int) -> str:
    """Say that exports show people who have been sealed or erased since.

    Example:
        >>> recall(1)
        '1 export that was given shows somebody who was sealed or erased since.'
    """
    shows = count(exports, "export that was given shows", "exports that were given show")
    return f"{shows} somebody who was sealed or erased since."


# -- saved views ----------------------------------------------------------------------------------------------


def still_there(entities: int, absent: int) -> str:
    """Say how much of a saved view still exists for its reader.

    Example:
        >>> still_there(1, 2)
        '1 entity of it is there for you; 2 are not here any more.'
    """
    sentence = f"{count(entities, 'entity')} of it {plural(entities, 'is', 'are')} there for you"
    return f"{sentence}; {gone_text(absent)}." if absent else f"{sentence}."


def changed_links_sentence(links: int, handling: str) -> str:
    """Say how many links of a saved view have changed.

    Example:
        >>> changed_links_sentence(1, "P")
        '1 link is not as it was, as handling P tells it.'
    """
    if links == 1:
        return f"1 link is not as it was, as handling {handling} tells it."
    return f"{links:,} links are not as they were, as handling {handling} tells them."


def since_saved(links: int, absent: int) -> str:
    """Say in one line what has changed in a picture since it was saved; empty if nothing has.

    Example:
        >>> since_saved(2, 1), since_saved(0, 0)
        ('2 links changed, 1 of its entities is not here any more since it was saved', '')
    """
    words = [f"{count(links, 'link')} changed"] if links else []
    words += [gone_text(absent, "of its entities")] if absent else []
    return f"{', '.join(words)} since it was saved" if words else ""


# -- paths ----------------------------------------------------------------------------------------------------


def depending(group: int) -> str:
    """Say how many further sources, which depend on the first, begin a path with it; empty for none.

    Args:
        group: number of all these sources, with the first.

    Example:
        >>> depending(1), depending(2), depending(3)
        ('', ' and 1 who depends on the same', ' and 2 who depend on the same')
    """
    dependent_count = group - 1
    return (
        f" and {dependent_count} who {plural(dependent_count, 'depends', 'depend')} on the same"
        if dependent_count > 0
        else ""
    )


def further_ways(more: int, *, over: bool) -> str:
    """Say how many paths there are in addition to the ones shown.

    Args:
        more: number of further paths found.
        over: whether there may be even more.

    Example:
        >>> further_ways(1, over=False), further_ways(3, over=True), further_ways(0, over=True)
        ('1 further way.', '3 or more further ways.', 'There are more ways than these.')
    """
    if not more:
        return "There are more ways than these."
    return f"{more} or more further ways." if over else f"{count(more, 'further way')}."


def no_way(*, over: bool, besides: bool) -> str:
    """Say that no path connects two entities.

    Args:
        over: whether the search stopped at its limit.
        besides: whether links of presence, service and family were searched too.

    Example:
        >>> no_way(over=False, besides=True)
        'No way joins them, as far as you can see and the links that count go.'
    """
    if over:
        return f"There is more between them than can be looked through. {NARROW}."
    answer = "No way joins them, as far as you can see and the links that count go."
    return answer if besides else f"{answer} Links of presence, service and family were left out."


# -- leads ----------------------------------------------------------------------------------------------------


def record_rank_text(rank: int, groups: int | str, other_sources: int) -> str:
    """Say which rank a person has by the score on the record, and how many sources support it.

    Example:
        >>> record_rank_text(3, 1, 0), record_rank_text(3, 0, 0)
        ('rank 3, resting on 1 independent group of witnesses', 'nobody raises it on the record')
    """
    if not groups and not other_sources:
        return "nobody raises it on the record"
    return f"rank {rank}, resting on {voices(groups, other_sources)}"


def worth(accounts: float) -> str:
    """Say how many independent statements some groups of witnesses are worth.

    Example:
        >>> worth(2.4), worth(1.0)
        ('worth 2.4 independent accounts', 'worth 1 independent account')
    """
    number = f"{accounts:.1f}".removesuffix(".0")
    return f"worth {number} {plural(1 if number == '1' else 2, 'independent account')}"


def would_leave(rank: int | None) -> str:
    """Introduce a list of claims: a person would leave the first ten if they were all false.

    Example:
        >>> would_leave(14)
        'It would leave the first ten (rank 14) if all of this were false:'
    """
    return f"It would leave the first ten ({f'rank {rank}' if rank else 'not ranked'}) if all of this were false:"


def stays(tried: int) -> str:
    """Say that a person stays among the first ten even if the `tried` heaviest pieces of evidence are all false.

    Example:
        >>> stays(12)[:83]
        'It stays among the first ten with 12 witnesses, reports and records near it false t'
    """
    return (
        f"It stays among the first ten with {tried} witnesses, reports and records near it false together, the heaviest first;"
        " not every set was tried."
    )


def invented_sentence(accounts: int) -> str:
    """Say how many invented statements would put a person among the first ten.

    Example:
        >>> invented_sentence(1)[:70]
        'One invented account, by a witness with nothing in common with others,'
    """
    many = "One invented account" if accounts == 1 else f"{accounts} agreeing invented accounts"
    return (
        f"{many}, by {plural(accounts, 'a witness', 'witnesses')} with nothing in common with others, would put"
        " an unmentioned person among the first ten of this case."
    )


def holds(best: int | None, worst: int | None) -> str:
    """Return a rank range in words; `NOT_TOLD` for None.

    Example:
        >>> holds(1, 3), holds(None, None)
        ('1 to 3', 'not told')
    """
    return NOT_TOLD if best is None else f"{best} to {worst}"


def place(best: int | None, worst: int | None, low: int | None, high: int | None, *, in_steps: bool) -> str:
    """Say how stable a rank is.

    Args:
        best: best rank when evidence is left out. None, like the other three, if ranks may not be shown.
        worst: worst rank when evidence is left out.
        low: best rank on uncertain data.
        high: worst rank on uncertain data.
        in_steps: whether the reader lacks source clearance.

    Example:
        >>> place(1, 3, 1, 5, in_steps=False)
        '1 to 3 if a witness, report, record or source, or all of one boat or house, is left out; 1 to 5 on uncertain data'
        >>> place(None, None, None, None, in_steps=False)
        'not told'
    """
    if best is None:
        return holds(best, worst)
    piece = (
        "a report or record, or what few witnesses say of one person,"
        if in_steps
        else "a witness, report, record or source, or all of one boat or house,"
    )
    return f"{holds(best, worst)} if {piece} is left out; {holds(low, high)} on uncertain data"


def moved_by(claims: int, rank: int | None) -> str:
    """Say what a rank would be without one piece of evidence; the text comes after the name of that evidence.

    Example:
        >>> moved_by(58, 175), moved_by(1, None)
        ('(58 claims): rank 175 without', '(1 claim): not ranked without')
    """
    return f"({count(claims, 'claim')}): {'not ranked' if rank is None else f'rank {rank}'} without"


def if_checked(if_true: int, if_false: int | None) -> str:
    """Say how the answer to a question would change a rank.

    Example:
        >>> if_checked(2, 2), if_checked(2, None)
        ('Rank about 2 either way; the score moves.', 'Rank about 2 if it is so, not ranked without it.')
    """
    if if_true == if_false:
        return f"Rank about {if_true} either way; the score moves."
    return f"Rank about {if_true} if it is so, {'not ranked' if if_false is None else f'about {if_false}'} without it."


# -- exports --------------------------------------------------------------------------------------------------


def safe(witnesses: int, smallest: int | None, below: int, *, by_source: bool, earlier: bool) -> str:
    """Say that an export does not give any witness away.

    Args:
        witnesses: number of witnesses whose statements the export rests on.
        smallest: number of people who could have made the statements of the most exposed source.
        below: a source is safe among at least this many people.
        by_source: whether the reader may see sources.
        earlier: whether the recipient was given an export before.

    Example:
        >>> safe(2, 7, 5, by_source=True, earlier=True)
        'Nobody: each source is one of 7 people or more, with what was given before.'
    """
    if not witnesses:
        return "Nothing in it rests on a witness."
    if not by_source:
        return f"Nobody: {below} people or more could have known all of it."
    return f"Nobody: each source is one of {smallest} people or more{_BEFORE if earlier else ''}."


def unsafe(few: int, *, by_source: bool, earlier: bool) -> str:
    """Say that an export could give a witness away, and under which conditions it may still be made.

    Args:
        few: number of its sources at risk.
        by_source: whether the reader may see sources.
        earlier: whether the recipient was given an export before.

    Example:
        >>> unsafe(2, by_source=True, earlier=False).partition(". ")[0]
        'Someone who knows the people could work out 2 of the sources'
    """
    if by_source:
        risk = f"Someone who knows the people could work out {few} of the sources{_BEFORE if earlier else ''}."
    else:
        risk = (
            "This may let someone who was there work out who spoke. You are not cleared to know who told what, so one"
            " witness is taken to have told all of it."
        )
    return f"{risk} It goes only if a supervisor, another person, agrees, or without the facts below."


def given_before(recipient: str, exports: int) -> str:
    """Name the recipient of an export, and say how many exports they have already.

    Example:
        >>> given_before("Europol", 1), given_before("Europol", 0)
        ('For Europol, who has been given 1 export of this case before.', 'For Europol.')
    """
    before = f", who has been given {count(exports, 'export')} of this case before" if exports else ""
    return f"For {recipient}{before}."


def aboard(people: int, counted: int, crossings: int) -> str:
    """Say how many people were counted, and on how many crossings if not on all; empty if none were counted.

    Args:
        people: number of people on the counted crossings.
        counted: number of crossings whose people were counted.
        crossings: number of crossings.

    Example:
        >>> aboard(21, 2, 2), aboard(21, 2, 3), aboard(0, 0, 3)
        ('21 people', '21 people counted on 2 of them', '')
    """
    if not counted:
        return ""
    return count(people, "person") + (f" counted on {counted} of them" if counted < crossings else "")


def peak(crossings: int, people: int, counted: int, when: str, undated: int) -> str:
    """Return the caption of a timeline of crossings.

    Args:
        crossings: number of crossings of the highest bar.
        people: number of people on them, as far as counted.
        counted: number of crossings whose people were counted.
        when: day, week or month of that bar, in words.
        undated: number of crossings that are in no bar, as their date is not precise enough.

    Example:
        >>> peak(1, 9, 1, "May 2020", 1)
        'Most: 1 crossing with 9 people, May 2020. 1 with a less precise date is in no bar.'
    """
    carried = f" with {passengers}" if (passengers := aboard(people, counted, crossings)) else ""
    text = f"Most: {count(crossings, 'crossing')}{carried}, {when}."
    if undated:
        are = plural(undated, "is", "are")
        text += f" {undated} with a less precise date {are} in no bar."
    return text


def days_of_crossings(text: str, days: Sequence[str]) -> str:
    """Say in which years there were crossings on a day typed without a year; empty for any other text.

    Args:
        text: typed text.
        days: days of the crossings on that day of any year, as `2020-05-08`.

    Example:
        >>> days_of_crossings("8 may", ["2019-05-08", "2020-05-08"]), days_of_crossings("8 May 2020", ["2020-05-08"])
        ('Crossings you can see were on 8 May in 2019 and 2020.', '')
        >>> days_of_crossings("8 may", [])
        'No crossing you can see is known to have been on 8 May in any year.'
    """
    day = typed_day(text)
    if day is None or day.year:
        return ""
    if not days:
        return f"No crossing you can see is known to have been on {day.words} in any year."
    years = [date[:4] for date in days]
    return f"Crossings you can see were on {day.words} in {', '.join(years[:-1])}{' and ' if years[:-1] else ''}{years[-1]}."
