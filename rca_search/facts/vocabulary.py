"""The words by which write-ups tell what was done, what came of it, what was seen and why.

Collected from public post-mortems and their templates. Each table becomes one pattern of alternatives
that begin and end at a word.
"""

from __future__ import annotations

import re

from rca_search.facts.candidates import Phrases

MITIGATION = Phrases(
    r"""
    restart(?:ed|s|ing)?, re-?launch(?:ed|es|ing), re-?spawn(?:ed|s|ing),
    reboot(?:ed|s|ing)?, roll(?:ed|s|ing)?[ -]?(?:back|over), rollback,
    revert(?:ed|s|ing)?, reset(?:s|ting)?, re-?deploy(?:ed|s|ing)?, deployed, deploys,
    re-?creat(?:ed|es|ing), delet(?:ed|es|ing), remov(?:ed|es|ing), drain(?:ed|s|ing)?, cordon(?:ed|s|ing)?,
    kill(?:ed|s|ing)?, terminat(?:ed|es|ing), scal(?:ed|es|ing)(?: up| down| out)?, increas(?:ed|es|ing),
    raised the, bump(?:ed|s|ing)?, decreas(?:ed|es|ing), reduc(?:ed|es|ing), lower(?:ed|s|ing),
    downgrad(?:ed|es|ing), upgrad(?:ed|es|ing), patch(?:ed|es|ing), replac(?:ed|es|ing),
    migrat(?:ed|es|ing), switch(?:ed|es|ing), fail(?:ed|s|ing)?[ -]?over, disabl(?:ed|es|ing),
    enabl(?:ed|es|ing), turn(?:ed|s|ing)? (?:on|off), renew(?:ed|s|ing)?, rotat(?:ed|es|ing),
    clear(?:ed|s|ing), purg(?:ed|es|ing), flush(?:ed|es|ing), clean(?:ed|s|ing)?(?: up)?,
    ban(?:ned|s|ning)?, block(?:ed|s|ing), unblock(?:ed|s|ing)?, throttl(?:ed|es|ing), appl(?:ied|ies|ying),
    add(?:ed|s|ing), chang(?:ed|es|ing), updat(?:ed|es|ing), modif(?:ied|ies|ying), adjust(?:ed|s|ing)?,
    tun(?:ed|es|ing), (?:is |are |was |were )?set (?:to|back|correctly), reset to, mark(?:ed|s|ing),
    unlock(?:ed|s|ing)?, repair(?:ed|s|ing)?, rebuil(?:t|ds?|ding), re-?instal(?:led|ls|ling),
    re-?appl(?:ied|ies|ying), re-?run(?:s|ning)?, re-?running, re-?start(?:ed|s|ing), mov(?:ed|es|ing),
    point(?:ed|s|ing), re-?point(?:ed|s|ing), evict(?:ed|s|ing), allocat(?:ed|es|ing),
    provision(?:ed|s|ing)?, resiz(?:ed|es|ing), stopped the, paus(?:ed|es|ing), resum(?:ed|es|ing),
    start(?:ed|s|ing)? (?:a )?new, spun up, workaround, hotfix(?:ed|es)?, mitigating, merg(?:ed|es|ing),
    push(?:ed|es|ing), execut(?:ed|es|ing), revok(?:ed|es|ing), re-?creation, forced? delete, manual(?:ly)?,
    unban(?:ned)?, correct(?:ed|s|ing), import(?:ed|s|ing), detach(?:ed|es|ing), (?:re)?generated, granted,
    config(?:uration)? change (?:out|deployed|applied|rolled out), re-?attach(?:ed|ing)
    """
)

RECOVERY = Phrases(
    r"""
    back to (?:a |its |their |the )?(?:normal|healthy|ready|running|green)(?: working)?(?: state)?,
    (?:is|are|was|were|got|been|be|gets?) (?:now )?(?:fully |all
    )?(?:resolved|restored|fixed|solved|mitigated|repaired), back (?:up|online|in service|to life),
    (?:come|came|coming) back(?: up| online)?, return(?:ed|s|ing)? to (?:normal|service|a normal|healthy),
    recover(?:ed|s|y|ing)?, (?:fully |all |now |is |are |operating |service )?operational, operating
    normally, works? again, working (?:again|as expected|as intended|fine|normally),
    (?:incident|outage|issue|problem)[^.;|]{0,30} resolved, resolved, restored, all (?:systems
    )?(?:healthy|green|good|fine|clear), as healthy, (?:everything|all) (?:is |was )?fine, repaired, goes
    away, went away, issue gone, stabili[sz]ed, errors? (?:stopped|ceased|cleared|drop(?:ped)?), backlog
    (?:was |is |has been )?cleared, (?:is|are) happy, succeed(?:ed|s), success(?:ful(?:ly)?)?, traffic
    resum(?:ed|es), healthy again, up again, (?:is|are|were) up, running again, normali[sz]ed, is complete,
    completes?, completed, (?:were|was|is|are) verified, confirms?, unaffected again,
    (?:become|became|becomes|are) available, able to (?:login|log
    in|connect|launch|add|create|start|spawn)[^.;]{0,30}, fixed (?:the|this|these|that|it)(?: \w+)?, closed
    """
)

STRONG_RECOVERY = Phrases(
    r"""
    back to (?:a |its |their |the )?(?:normal|healthy|ready|running)(?: working)?(?: state)?,
    (?:incident|outage|issue|problem|service|services)[^.;|]{0,40}
    (?:resolved|over|fixed|restored|mitigated), resolved, restored, repaired, fully
    (?:operational|recovered|restored), back (?:up|online), return(?:ed|s|ing)? to normal,
    (?:systems|services?|site|everything)[^.;|]{0,30} operational, is operational, operational again,
    service operational, all (?:systems )?(?:healthy|green), recovered, works? again, working (?:again|as
    expected|as intended|normally), (?:goes|went) away, running again, back to normal,
    (?:last|remaining)[^.;|]{0,60}(?:is|was|were|are) (?:fixed|resolved|restored), healthy again,
    verified[^.;|]{0,30} fixed, incident (?:is |was )?over, (?:incident|issue) mitigated, (?:are|is|were)
    (?:all |now )?(?:back|up|fixed), re-?open(?:s|ed)?, self[ -]heal(?:s|ed), (?:all
    )?(?:normal|good|green|calm)(?=\s*(?:[.!)|]|$)), errors? stopped,
    (?:errors?|alerts?|problems?|symptoms?) (?:are |is |were |was )?gone, traffic at once, calm again,
    (?:lag|errors?|queue|backlog|loss) (?:is |at |of |back to |down to )?(?:zero|0), end of (?:the
    )?(?:incident|outage)
    """
)

BOOKKEEPING = Phrases(
    r"""
    tickets?[^.;|]{0,40}(?:resolved|closed), incident (?:was |is )?(?:declared |marked (?:as )?)?closed,
    post-?mortem, (?:e-?)?mail(?:s|ed)? (?:sent|to), follow-?up mail, status ?page, statuspage\.io,
    retrospective, bug (?:was )?(?:filed|closed), announcement, debrief
    """
)

NO_EFFECT = Phrases(
    r"""
    (?:did|does|do)(?: not|n['\u2019]t) (?:seem to |appear to |really
    )?(?:help|work|resolve|fix|solve|change|improve|do anything|have (?:any|an) effect)[^.;|]{0,30},
    (?:it|this|that) (?:did|does)(?: not|n['\u2019]t)(?=\s*(?:[.!)]|$)), (?:had|has|having|with)
    (?:no|little) (?:visible |real |measurable )?(?:effect|impact|success|luck), no effect, without (?:any
    )?(?:success|effect|luck), to no avail, in vain, unsuccessful(?:ly)?, changed nothing, made no
    difference, (?:attempt|rollback|roll ?out|upgrade|restart|step|deploy(?:ment)?|try|fix|rerun)s?(?:
    \w+){0,3} (?:fails|failed|was unsuccessful), (?:failed|unable) to (?:fix|resolve|restart|roll
    ?back|recover|upgrade|apply|delete|drain), fails? due to, failure to upgrade,
    (?:problem|issue|errors?)(?: \w+){0,2} still (?:visible|present|persists?|there|occurr?\w*),
    (?:still|again) (?:broken|failing|failed|down|unresponsive|unreachable|crash\w*), unclear if
    (?:this|that|it), (?:and |but |, )?nothing(?=\s*(?:[.!;)|]|$)), pointless, useless, of no use, not
    helpful, wrong direction, yet another, (?:calm|better|quiet|fine|worked|ok|lived) for (?:\w+
    ){1,2}(?:seconds?|minutes?|hours?), please do not, (?:cut|killed|broke) \w+ healthy, of course it does
    not, (?:came|come) back and \w+ again, in vain, no (?:change|improvement|difference|better), no help,
    made it worse, then grows again, (?:was|were|is) innocent, full again, comes? straight back,
    (?:then|and) the (?:flood|same) again, (?:came|come|comes) back again, (?:helped|worked) (?:only
    )?(?:for a while|briefly|temporarily|for some time), nothing changed, only helped, wrong (?:fix|track),
    red herring, not (?:enough|sufficient) to (?:fix|resolve), was unresponsive
    """
)

TRIED = Phrases(
    r"""
    attempt(?:s|ed|ing)?, tr(?:ied|ies|ying)(?: to)?, first (?:idea|try|attempt), to see if, in the hope, in
    case (?:it|this|that) helps?, as a precaution, will this help
    """
)

PERSISTS = Phrases(
    r"""
    (?:problem|issue|outage|errors?|it|alerts?|latency|rates?|services?|all \w+ services)(?: \w+){0,3}
    (?:still|persists?|remains?|continues?)(?: \w+)?, still
    (?:returning|visible|failing|down|seeing|hanging|broken|not|unable|present|elevated|persists?),
    remain(?:s|ed)? (?:elevated|high|down|broken), despite (?:the )?(?:rollback|restart|revert|fix|change),
    happened again, (?:came|comes) back(?! up| online| to| healthy), re-?occurr?(?:ed|s|ing)?, again
    (?:fails|failing|failed|down)
    """
)

OVER_ONLY = Phrases(
    r"""
    (?:is|are|was|were|has been|have been) (?:now |all |fully
    ){0,2}(?:back|operational|over|closed|resolved|restored|fixed|normal|up|running|online)(?: online| up|
    to normal| again)?, back to normal, back online, resolved, closed, fixed
    """
)

VENDOR_FIXED = Phrases(
    r"""
    confirm(?:ed|s) (?:that )?[^.;]{0,40}(?:back|resolved|fixed|restored), (?<!this )(?<!the
    )(?:incident|outage) (?:has been|was|is) resolved,
    (?:vendor|provider|upstream|they|support|supplier|third
    party)[^.;]{0,60}(?:fixed|resolved|resolves?|restored|mitigated), (?:fixed|resolved|restored) (?:by|on)
    (?:the |their )?(?:vendor|provider|upstream|supplier|side|end)
    """
)

FIXED_BY = Phrases(
    r"""
    (?:fixed|resolved|solved|mitigated|restored|addressed|corrected|cured|remedied|recovered)
    (?:by|after|through|via|with|once|when),
    (?:issue|problem|incident|outage|error|errors|service|services|everything|situation)[^.;]{0,40}
    (?:resolved|fixed|restored|solved|mitigated|back online|back to normal) (?:by|after|once|when|via),
    (?:came|went|come|was|were|is|are) back (?:online|up|to normal|to life)(?: quickly)?
    (?:after|once|when),
    (?:fixed|resolved|solved) (?:(?:the|this|these|that|an?)
    (?:\w+ ){0,2})?(?:issue|issues|problem|problems|outage|incident|errors?), to
    (?:fix|resolve|mitigate|solve|restore) (?:this|the|it|service), (?:the|our)
    (?:fix|solution|workaround|remedy|mitigation) (?:was|is), resolved
    the, self-?healed, healed itself, (?:then|and) (?:all|everything|things) went back to normal, things
    went back to normal, worked around, seemed to fix, (?:rolled|rolling) back, reverted, without
    intervention, was (?:mitigated|resolved|fixed) by, a workaround is, workaround (?:is|was)
    """
)

FUTURE = Phrases(
    r"""
    will, we['\u2019]ll, going to, plan(?:s|ned|ning)? to, should, would, could, to be done, next time, in
    future, in the future, intend to, we need to, must, might, may, upcoming, recommend(?:ed|s)?,
    expect(?:ed|s)?, we suggest, what if
    """
)

TALK = Phrases(
    r"""
    (?:is|was|were|are|been|gets?) (?:informed|notified|paged|alerted|contacted|updated|brought),
    (?:e-?)?mail(?:s|ed)?(?: (?:is|was))? sent, reports?(?: of| that)?, reported,
    (?:alert|alarm|page|pager|uptime check|monitoring|incident) (?:was |is
    )?(?:triggered|fired|declared|discovered|opened|raised|posted), triggered (?:through|by|on),
    acknowledg\w+, pings?, pinged, asks?, asked, investigat\w+, notic\w+, discover(?:s|ed)?, suspect\w*,
    conclud\w+, looks?(?:ing)? (?:at|into|to see), realiz\w+, realis\w+, discuss\w*, becomes? aware, points
    out, opens? a ticket, ticket (?:is|was) (?:opened|raised|created), weighs in, shares? logs, status
    updated?, confirm(?:ed)? (?:via|the issue), raised an issue, declared, consider(?:s|ed|ing)?, found
    (?:a|the|that|out), shows?, check(?:ed|s|ing)?, files (?:an?|the|https?), detected, identif\w+,
    triage\w*
    """
)

CAUSE = Phrases(
    r"""
    (?:identified|discovered|found|realised|realized|determined|concluded|noted|turned) (?:out )?that, turned
    out, out of (?:disk|memory|space|inodes|file descriptors|connections)(?! errors?),
    (?:is|are|was|were|been)
    (?:destroyed|deleted|removed|overwritten|reduced|reset|blocked|disabled|revoked) by,
    root causes?, caused by, cause[sd]? (?:was|is|were|of), (?:was|were|is|are) (?:due|owing) to, due to,
    because(?: of)?, triggered by, result(?:ed|ing)? (?:from|of), as a result of, (?:the
    )?(?:culprit|trigger|reason|bug) (?:was|is|were)(?: that)?, (?:problem|issue) (?:was|is)
    (?:that|with|a|an|the|in), a bug in, mis-?configur\w+, (?:has|had|have)? ?expired, ran out of, run out
    of, exhausted, exhaustion, accidental(?:ly)?, by mistake, in error, inadvertent\w*, unintention\w+, led
    to, leading to, resulting in, contribut\w+ (?:factor|cause)\w*, stems? from, stemmed from, underlying
    (?:issue|problem|cause), traced (?:back )?to, as part of (?:the|a|an), wrong(?:ly)?, incorrect(?:ly)?,
    failed because, caused, regression, narrow(?:ed)? (?:this|it) down to, introduced (?:by|in|with),
    caus(?:es|ing), didn['\u2019]t (?:have|scale|allow), (?:was|were) not
    (?:set|configured|enabled|renewed), a lack of, the lack of, leak(?:ed|s)?, suspect(?:s|ed)?,
    (?:a|the|this) bug, mistakes?, not (?:fully )?aware, insufficient, not enough, (?:a |no )?lack of,
    exceeded, after (?:an?|the)(?: \w+){0,2}
    (?:upgrade|change|deploy|deployment|update|migration|restart|roll-?out|release), dropped support,
    support for[^.;]{0,40}(?:dropped|removed), an? (?:plugin |package |version |routine )?upgrade, single
    point of failure, memory limit, stuck
    """
)
STRONG_CAUSE = Phrases(
    r"""
    (?:identified|determined|concluded) that,
    root causes?, caused by, (?:was|were|is|are) (?:due|owing) to, due to, because of, triggered by,
    (?:resulted|resulting) from, the (?:cause|culprit|trigger|reason) (?:was|is), (?:problem|issue)
    (?:was|is) (?:that|with|a|an|the|in), underlying (?:issue|problem|cause), has caused, a bug in,
    narrow(?:ed)? (?:this|it) down to, (?:this|which) (?:was|is) because, seems? to have been, traced
    (?:back )?to, an accidental, accidentally,
    (?:primary|main|likely|probable|real|actual|underlying|direct|immediate) (?:root
    )?(?:cause|trigger|culprit),
    (?:cause|culprit|trigger|reason) (?:of|for|behind) [^.;]{0,60}(?:was|is|were), by mistake, inadvertent\w*
    """
)

SYMPTOM = Phrases(
    r"""
    errors?, fail(?:s|ed|ing|ures?)?, down, outages?, unavailab\w+, unreachable, inaccessible, unresponsive,
    unable to, could(?: not|n['\u2019]t), can(?:not|'t|\u2019t), timeouts?, time(?:d|s)? out, timing out,
    slow(?:ly|ness|er)?, degrad\w+, latency, delay(?:s|ed)?, stuck, pending, crash(?:ed|es|ing)?,
    crashloop\w*, [45][0-9]{2}s?, 5xx, 4xx, killed, evict\w+, dropped, lost, missing, broken, not
    (?:working|starting|responding|launching|accessible|spawning|loading|available|resolve), isn['\u2019]t
    working, wasn['\u2019]t (?:working|spawning|able), aren['\u2019]t (?:working|launching), blank,
    interrupt\w*, disrupt\w*, exceptions?, panic\w*, oom\w*, hang(?:s|ing)?, hung, rejected, refused,
    denied, forbidden, notready, nodenotready, stopped, stalling, stalled, backlog\w*, queued, issues?
    (?:with|when|in|trying|starting|accessing|launching), impact(?:ed|s)?, affected, experienc\w+, alert\w*,
    problems?, incorrect(?:ly)?, not resolve, expos\w+, compromised, overload\w*, high
    (?:cpu|memory|load|latency), wrong, prevent(?:s|ed|ing), lack of, never, no longer, drops?
    """
)
STRONG_SYMPTOM = Phrases(
    r"""
    [45][0-9]{2}s?(?: errors?)?, unavailab\w+, unreachable, inaccessible, unable to, could(?:
    not|n['\u2019]t), can(?:not|'t|\u2019t)(?! say| tell), (?:is|was|were|are)(?:n['\u2019]t| not) \w+ing,
    not resolve, (?:is|was|were|are|went|being|goes) (?:all )?down, outage, users?
    (?:saw|see|were|experienc\w+|report\w*|could), customers?, errors?, timeouts?, fail(?:ed|s|ing|ures?)?,
    stopped, issues? (?:with|when|in|trying), notready, crash(?:ed|ing|es)?, crashloop\w*, slow, long
    (?:wait|pending)[^.;]{0,10}, broken, degraded, stuck, pending, not
    (?:working|starting|responding|launching)
    """
)

ANNOUNCED = Phrases(
    r"""
    will be, will [a-z]+, we['\u2019]ll, is (?:scheduled|planned), are (?:scheduled|planned), scheduled for,
    planned (?:for|on|today), going to, is going under, going under maintenance, maintenance window,
    maintenance (?:on|of), planned, an upgrade of, a migration of, upgrade of
    """
)

WATCHING = Phrases(
    r"""
    metrics?, charts?, dashboards?, alert(?:s|ing|ed)?, log messages?, logging, monitor(?:s|ing)?, graphs?
    """
)

WORKED = re.compile(
    r"\W*(?:what (?:finally )?(?:worked|helped|ended it|fixed it|solved it|stopped it)|what (?:we|i) did"
    r"|worked|helped|helpful|how (?:it|this) (?:ended|was (?:fixed|solved|resolved|stopped|ended))"
    r"|how was (?:it|this) (?:fixed|solved|resolved|stopped|ended)|the (?:fix|end|cure|way out)"
    r"|fix(?:ed by)?|cure|remedy|resolution|solution|workaround|mitigation|solved by|done"
    r"|resolved by)(?: (?:at|of|for|on) [^:.*?|]{1,20})?(?:\W{0,4}:|\.\*\*|\?\W*\u00b7)",
    re.IGNORECASE,
)
"""Words and a colon that open a statement on what fixed it."""

FAILED = re.compile(
    r"\W*(?:(?:what we |we )?tried(?: first)?|did(?: not|n['\u2019]t) (?:work|help)|what (?:did not"
    r"|didn['\u2019]t) (?:work|help)|what failed"
    r"|(?:first|second|failed|other) (?:attempts?|tr(?:y|ies)|ideas?|guess(?:es)?)|not helpful|no help"
    r"|wrong track|dead ends?)\W{0,4}:",
    re.IGNORECASE,
)
"""Words and a colon that open a statement on what did not help."""

TRIALS = re.compile(
    r"(?:what (?:we|was|i) (?:have )?(?:tried|did)|what did (?:we|i) (?:do|try)|attempts?"
    r"|things (?:we )?tried|tried|(?:the )?steps)(?: \w+){0,3}",
    re.IGNORECASE,
)
"""Names of parts that list what was tried, of which the last may have helped."""

TRIED_NAMES = re.compile(r"(?<!\w)(?:tried|try|attempts?|things)(?!\w)", re.IGNORECASE)

UNKNOWN_CAUSE = re.compile(
    r"(?<!\w)(?:cause|source|reason|trigger|origin)s?(?!\w)[^.;]{0,80}(?<!\w)"
    r"(?:unknown|unclear|undetermined|under investigation|being investigated"
    r"|not (?:yet )?(?:been )?(?:known|determined|found|identified|clear))(?!\w)"
    r"|(?<!\w)(?:unknown|undetermined|no known) (?:root )?(?:cause|reason|source)(?!\w)",
    re.IGNORECASE,
)
"""That nobody knows why."""

PROCESS = re.compile(
    r"^\W*(?:team aware|repaired|resolved|mitigated|closed|detected|reported|declared)\W*$|"
    r"(?<!\w)(?:severity|priority|status|impact level)(?: \w+){0,3} (?:was |is |been )?(?:upgraded|downgraded"
    r"|raised|lowered|changed|set|updated|escalated|increased|reduced)(?!\w)"
    r"|(?<!\w)(?:upgraded|downgraded|raised|lowered|changed|escalated|bumped|increased|updated) "
    r"(?:the |its |this )?(?:incident |issue )?(?:to )?"
    r"(?:severity|priority|status|sev(?:erity)?[ -]?[0-9]|p[0-5])(?!\w)"
    r"|post-?incident (?:flow|process|phase)|(?<!\w)(?:incident|channel|ticket|bridge|war room) (?:was |is )?"
    r"(?:created|opened|declared|acknowledged|assigned)(?!\w)",
    re.IGNORECASE,
)
"""Rows on the handling of an incident rather than on the fault."""

HELPED = re.compile(
    r"what (?:finally )?(?:worked|helped|ended it|fixed it|solved it|stopped it)|how it ended", re.IGNORECASE
)
"""Names of parts that tell what helped; "what worked" may also open a list of what went well."""

RELAPSE = re.compile(
    r"(?<!\w)(?:(?:is|are|was|were)(?:n['\u2019]t| not) \w+(?: \w+)? again|(?:once )?again (?:\w+ ){0,2}"
    r"(?:wrong|failing|down|slow|broken|full|unavailable|unreachable)"
    r"|(?:going|gone|went) (?:wrong|down) again"
    r"|(?:closed|down|broken|failing|slow|unavailable|unreachable|full) again|(?:issue|problem|outage)s? "
    r"(?:\w+ ){0,2}(?:(?:is|was) not (?:yet )?(?:fixed|solved|resolved)|re-?(?:occur\w*|appear\w*)"
    r"|(?:came|comes|is) back|returned?)|another (?:\w+ ){0,2}(?:entered|went|failed|crashed))(?!\w)",
    re.IGNORECASE,
)
"""Rows in which a fault that seemed over is there again."""
