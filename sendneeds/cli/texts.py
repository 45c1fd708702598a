"""The help of the command line: what each command does, what it writes, and lines to copy."""

TOP = """\
How many children and young people with special educational needs and disabilities will need
which support, how long they will wait for it, and what each option would change.

  sendneeds chapter bedford                  writes build/bedford/index.html, a JSNA chapter
  sendneeds chapter torbay --release ZIP     the same for any area, from the release as published
  sendneeds import-sen2 ZIP CODE my-area     a pack of it, to add your own figures to
  sendneeds check my-area                    tells everything that is wrong with a pack
  sendneeds chapter my-area                  the same chapter, from your figures

AREA is the name of a pack that ships (bedford, central-bedfordshire, luton, milton-keynes,
england) or a folder of your own in the same layout; with --release ZIP, the SEN2 release as
downloaded, the code or name of any local authority in England."""

END = """\
Every command has its own help: sendneeds chapter --help. Nothing leaves this machine.
Exit status: 0 done; 1 `check` found faults; 2 a mistake that the message tells how to mend."""

CHAPTER = """\
Project need, simulate the waiting lists, compare the options, and write the chapter of a Joint
Strategic Needs Assessment: a folder with index.html, its tables as CSV, and provenance.json,
which says what every number was made from. The same inputs and seed give the same bytes."""

CHAPTER_END = """\
examples:
  sendneeds chapter bedford
  sendneeds chapter bedford --draws 200              a quick look, with rougher intervals
  sendneeds chapter E06000027 --release education-health-and-care-plans_2025.zip
  sendneeds chapter bedford --explorer 400           explorer.html surer, and slower to write
  sendneeds chapter my-area --scenarios my-options     your figures, your scenario files"""

PROJECT = """\
Project the children of an area by need, provision and age. Writes totals.csv, by_need.csv and
children.csv (by age too) with 80 % intervals, assumptions.csv, and record.csv: how wrong the
method has been on years that it had not seen. It has been scored five years ahead; later years
are a scenario range."""

PROJECT_END = """\
examples:
  sendneeds project bedford
  sendneeds project luton --to 2030 --draws 500 --out build/luton-need"""

RUN = """\
Project need, then simulate every service for which the area has figures, week by week, for the
baseline and each option. Writes the tables of `project`, need_types.csv, lists.csv (waiting,
over 52 weeks, by week; median and 92nd percentile of the wait so far at the start of each month,
and of those seen in the four weeks before each January), flows.csv (referrals, seen, by month),
bands.csv, slots.csv, years.csv, clock.csv (the EHC process by quarter), places.csv (children
with a plan by setting), costs.csv and parameters.csv: 80 % intervals throughout."""

RUN_END = """\
An option is a TOML file that lists levers; the baseline is the scenario with none. All options
share their luck, so a difference between two is caused by their levers.

examples:
  sendneeds run bedford
  sendneeds run bedford --scenarios my-options         a folder of scenario files, or one file"""

COMPARE = """\
Simulate the options and set each against the baseline, draw by draw. Writes probability.csv
(that 92 % of those waiting have waited 18 weeks or less: in each month and the four weeks after,
by it, from the run's first month on, and staying so to the end, with the standard error of the
first), differences.csv (lists and sessions past due), sessions.csv (sessions past due at their most
and at the end, weeks late),
plans.csv (plans within 20 weeks by year, with the probability of 60 % or more), places.csv
(placements avoided, and what each funder spends less, capital left out) and costs.csv (by funder
and financial year, whole pounds), paid.csv (by funder over the run), value.csv (GBP per unit of each
outcome) and verdicts.csv, those that have rows; and prints for each option what it does, how surely,
at whose cost, for what value, with what worst side effect, and the verdict by rules that it prints."""

COMPARE_END = """\
examples:
  sendneeds compare bedford
  sendneeds compare bedford --target 0.8 --hold 8
  sendneeds compare bedford --scenarios my-options/fill-two-posts.toml --draws 2000"""

SEEK = """\
Find the smallest amount of a lever that meets a target in a month with a given confidence: posts (in tenths of
a whole-time equivalent), an initiative of a year (children a week), psychologists, places, or how late a
lever may begin. Every amount is tried on the same random numbers, and the answer is held against
its neighbours; its Monte Carlo error and its cost by funder are told with it. Where nothing in the
range is enough it says how far the range gets."""

SEEK_END = """\
examples:
  sendneeds seek bedford OT --target 0.92 --within 18 --in 2028-03 --confidence 0.8 --with posts
  sendneeds seek bedford SLT --by 2028-03 --with initiative --gbp-per-child 500,700,900
  sendneeds seek bedford EP --target 0.6 --in 2028 --with psychologists
  sendneeds seek bedford state_special --target 0 --in 2030-01 --with places
  sendneeds seek bedford SLT --in 2028-12 --with start --posts 3"""

CHECK = """\
Read an area pack and tell everything that is wrong with it, each fault with its place, what was
found, what is allowed and what to do; then what is odd but can be used. Writes nothing."""

CHECK_END = """\
examples:
  sendneeds check my-area
  sendneeds check bedford"""

NEW = """\
Write a blank pack to fill: area.toml, a CSV file with its header for each table, and, where the
extra `excel` is installed, a workbook with notes on every column. Fill in what you have; every
table is optional, and `check` tells what is wrong as you go."""

NEW_END = """\
examples:
  sendneeds new-pack torbay --code E06000027 --name Torbay
  sendneeds check torbay"""

IMPORT = """\
Write the pack of any local authority in England from the Department for Education's release
"Education, health and care plans" (SEN2) as it is published. What it does not hold is taken from
other releases where they are given, or scaled from England, and `check` says which."""

IMPORT_END = """\
examples:
  sendneeds import-sen2 education-health-and-care-plans_2025.zip E06000055 my-area
  sendneeds chapter my-area"""

OTHER_RELEASES = {
    "population": "CSV of ONS mid-year estimates or projections",
    "sen-in-england": "zip, folder or CSV of Special educational needs in England",
    "school-capacity": "zip, folder or CSV of School capacity: places by phase",
    "community-waits": "NHS England's workbook of community waiting lists (needs the extra excel)",
}

NOTEBOOKS = """\
Copy the notebooks that ship into a folder: lessons that each open with the question they answer.
A notebook of yours that is there is never written over."""

NOTEBOOKS_END = """\
examples:
  sendneeds notebooks lessons
  python -m jupyter lab lessons        opens them; it needs the extra: pip install 'sendneeds[notebook]'"""

AREAS = """\
Run many areas: need, services, the EHC clock, places and costs of each, on several processes,
and add them up draw by draw. Each area has one file in the folder, with its counts by draw. A run
that was broken off goes on where it stopped when the same command is given again."""

AREAS_END = """\
examples:
  sendneeds run-areas bedford central-bedfordshire luton milton-keynes
  sendneeds run-areas --release education-health-and-care-plans_2025.zip
  sendneeds run-areas --release education-health-and-care-plans_2025.zip E06000055 E06000032"""

RETURN = """\
Fill the tables of a return to the Department for Education from one projection.

  lsrp    local SEND reform plan: tables 5.1, 6, 7, 7.1 to 7.7, 10, 11 and 12, with the last
          published year as base; a calendar year's plans are those of the January after it
  scap    school capacity survey: pupils with a plan who will need a special or resourced place,
          by need and phase, five academic years ahead (primary) and seven (secondary)

Writes one accessible workbook (cover, contents, notes, a sheet a table, assumptions by table),
figures.csv with 80 % intervals and a version that adds up, notes.csv, assumptions.csv and
provenance.json. The same inputs and seed give the same bytes."""

RETURN_END = """\
Scenarios are set beside the baseline; levers on services change none of these tables.

examples:
  sendneeds return lsrp bedford --out lsrp-bedford
  sendneeds return scap bedford --out scap-bedford
  sendneeds return lsrp my-area --age-basis school_year
  sendneeds return lsrp my-area --scenarios my-options     each option beside the baseline"""
