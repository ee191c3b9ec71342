"""The blank case that ``imr new`` gives: every key with what it is for, to be filled in or left out."""

from __future__ import annotations

__all__ = ["blank_case"]

_BLANK = """\
# A case for imr. Fill in what the record says, and delete the rest.
#
# A key that is left out or left empty counts as not documented. An empty list, [], says that the record was looked
# through and holds none. A list is taken as complete; where the record may hold more, write
#   medications: {complete: false, items: [...]}
# Where a value was read can be noted beside it, with "from: header", "request", "summary" or "rationale":
#   prescriber: {specialty: pain management, from: summary}
#   age: {value: 47, from: header}
# Put a text that holds "#" or ": " in quotes. Lines that begin with "#" are comments: remove the "#" to use them.

schema: imr-case/1
id:                     # a name for this case, such as case-17; never the worker's name

dates:                  # 2014-10-22, or month first 10/22/2014
  injury:               # date of injury
  request:              # date of the request for authorization (RFA); every age and duration is counted to it
#  service:             # date of service, if the service has already taken place
#  ur_decision:         # date of the utilization review decision
#  record:              # date of the latest progress report

worker:
  age:                  # in years
  sex:                  # female, male or other
  work_status:          # full_duty, modified_duty, off_work or retired

diagnoses: []           # as written: [lumbar radiculopathy, myofascial pain]
regions: []             # head, face, neck, upper back, low back, shoulder, elbow, wrist, hand, hip, knee, ankle, foot,
                        # abdomen, chest, mental
cancer_or_palliative:   # true if treated for cancer pain or at the end of life, false if the record rules it out

# What the worker takes now, as charted, one line each; all of it, since the doses of all opioids are added together.
# The directions decide the daily dose: "every 8 hours", "1 tablet four times a day as needed, at most 3".
# Also: dose (what is taken at a time, if it is not one tablet), quantity, days_supply, refills, form, route, and
# status: stopped, replaced or alternative for a line that no longer counts.
medications:
#  - {drug: Norco, strength: 10/325 mg, directions: every 6 hours, since: 2014-03-01}
#  - {drug: metoprolol}

# What was asked for and denied, or is about to be asked for: one entry for each item, a drug or a service.
requests:
  - id:                 # a short name, such as norco
    drug:               # name, brand or generic
    strength:           # with its unit: 10/325 mg, 75 mcg/h
    directions:         # as written
    quantity:           # a number alone: 120
    days_supply:        # for how many days the quantity is
    phase:              # start, continue, increase or taper
    since:              # first day this drug was taken
    indication:         # pain, anxiety, insomnia, muscle_spasm, seizure, spasticity, depression,
                        # opioid_dependence or other
#  - id: visits
#    service: follow-up visits with pain management
#    specialty: pain management
#    visits: 3            # or a range: 3-4
#    regions: [low back]
#    side: left           # left, right or both
#    levels: [L4-5]
#    reason: to adjust the opioid regimen
#    depends_on: []       # ids of requests that this one only makes sense with
#    ur: {decision: modified, authorized: 1}

documentation:
  pain:                 # 0 to 10: 5, 5/10 or 4-6/10
    current:
    least:              # since the last assessment
    average:
    worst:
    without_medication:
    with_medication:
    time_to_relief:     # 30 minutes
    relief_lasts:       # 4-6 hours
#    statement: good relief       # what is said of relief without a number

  # What improved with treatment. An activity with an amount, a scale with its scores or a changed work restriction is
  # specific; a statement alone is general.
  function:
#    - {activity: walking, amount: 2 miles daily, change: better}
#    - {scale: Oswestry, before: 48, after: 32}
#    - {work_restriction: reduced}
#    - {statement: better able to do household chores}

  adverse_effects:      # [] if the record says that there are none
#    - {effect: constipation, intolerable: false}

  drug_screens:
#    - {date: 2014-09-09, agrees_with_prescriptions: true}
#    - {date: 2014-06-02, results: [{analyte: hydrocodone, result: negative}], explained: ran out three days before}

  registry_checks:      # CURES
#    - {date: 2014-09-09, agrees_with_prescriptions: true}

  pill_counts:
#    - {date: 2014-09-09, agrees_with_prescriptions: true}

  aberrant_behaviors:   # [] if the record says that there are none
#    - {behavior: early refill, date: 2014-05-02}

  risk_screens:         # of opioid misuse
#    - {tool: Opioid Risk Tool, risk: low, date: 2014-01-10}

  symptoms:
#    - {symptom: radiating_pain, region: low back, side: left, radiates_to: foot, score: 6/10}

  signs:                # findings of the examination
#    - {sign: straight leg raise, region: low back, side: left, result: positive, date: 2014-09-09}

  studies:              # imaging and electrodiagnostics
#    - {study: MRI, region: low back, level: L4-5, shows: [disc herniation], date: 2014-02-01}

  flares:               # new exacerbations
#    - {date: 2014-09-01, region: low back}

# What was tried, and with what result: better, partial, none, worse or not_tolerated.
treatments:
#  - {kind: physical_therapy, region: low back, start: 2014-01-06, end: 2014-02-20, visits: 12, response: none}
#  - {kind: medication, drug: tramadol, dose_tried: lower, response: none}
#  - {kind: surgery, procedure: L4-5 fusion, year: 2013, response: partial}

prescriber:
  specialty:            # of the physician who asks, such as pain management

consultations:          # that took place
#  - {specialty: pain management, date: 2014-08-12}
"""


def blank_case() -> str:
    """A commented blank case in YAML, which loads once its blanks are filled in."""
    return _BLANK
