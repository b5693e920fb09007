"""What a programme of EDU-DEX must be, as far as we fill it in: our own statement as JSON Schema.

The facts are those of the EDU-DEX Data API 1.0.2 (`program_in`; docs/domain.md E7): which parts are
required, no others may be, lengths, patterns and values.
"""

from typing import Any

Schema = dict[str, Any]
DAY: Schema = {"type": "string", "format": "date"}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "integer", "minimum": 0}


def text(most: int | None = None) -> Schema:
    return {"type": "string"} | ({"maxLength": most} if most else {})


def one_of(*values: str) -> Schema:
    return {"enum": list(values)}


def matching(pattern: str) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": 64, "pattern": pattern}


def whole(required: str, **parts: Schema) -> Schema:
    """An object with these parts and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": parts,
    }


def several(item: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": item, "minItems": least}


def by_language(value: Schema) -> Schema:
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "patternProperties": {"^[a-z][a-z]$": value},
    }


UUID_TEXT = {"type": "string", "pattern": "^[a-fA-F0-9]{8}(-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}$"}
ORGANISATION = matching("^[-+a-z0-9_.{}/&]+$")
URL = {"type": "string", "format": "uri"}
ESTIMATE = whole("date isFinal", date=DAY, isFinal=FLAG)
FORMS = ("dual", "full-time", "part-time", "evening education", "distance learning", "e-learning")
TYPES = ("regular", "coaching", "conference", "educational", "exam", "self study", "training")
COST = whole(
    "id amount amountIsFinal costType currency isRequiredCost",
    id=matching("^[-a-zA-Z0-9_.{}]+$"),
    amount={"type": "string", "pattern": r"^[-+]?[0-9]+(\.[0-9]{2})?$"},
    amountIsFinal=FLAG,
    costType=one_of("tuition fee", "registration fee", "examination", "study material"),
    currency={"type": "string", "pattern": "^[A-Z]{3}$"},
    isRequiredCost=FLAG,
    summaryText=by_language(text(500)),
)
RUN = whole(
    "id status startDate endDate",
    id=matching("^[-a-zA-Z0-9_.{} /]+$"),
    status=one_of("application opened", "application closed", "canceled"),
    startDate=ESTIMATE,
    endDate=ESTIMATE,
    fullyOnline=FLAG,
    location=whole("", locationName=by_language(text(200))),
    cost=several(COST),
)
PROGRAMME = whole(
    "editor format generator lastEdited programAdmission programClassification programContacts"
    " programCurriculum programDescriptions programSchedule",
    editor=text(),
    format=text(),
    generator=text(),
    lastEdited={"type": "string", "format": "date-time"},
    inPublication=FLAG,
    expires={"anyOf": [DAY, {"type": "null"}]},
    programAdmission=whole(
        "applicationOpen applicationType paymentDue startDateDetermination",
        applicationOpen=FLAG,
        applicationType=one_of("individual", "group"),
        paymentDue=one_of("up-front", "afterwards", "installments"),
        startDateDetermination=one_of(
            "fixed starting date", "agreed starting date", "direct start"
        ),
        maxNumberOfParticipants=NUMBER,
    ),
    programClassification=whole(
        "degree orgUnitId programDuration programForm programId programLevel programLocation"
        " programType",
        orgUnitId=ORGANISATION,
        programId=matching("^[-a-z0-9]+$"),
        programUUID=UUID_TEXT,
        programType=one_of(*TYPES, "workshop", "webinar", "lecture", "master class"),
        programForm=several(one_of(*FORMS, "virtual classroom")),
        programLevel=one_of("none", "mbo", "hbo", "wo", "bachelor", "master", "post-hbo"),
        programDuration=whole("hours", hours=NUMBER),
        programLocation=several(whole("description", description=text()), least=1),
        fullyOnline=FLAG,
        degree=one_of("none", "certificate", "diploma", "certificate of participation"),
        offeredSince=DAY,
        offeredUntil=DAY,
        theme=several(one_of("training and education", "personal development", "coaching")),
    ),
    programContacts=whole(
        "",
        contactData=several(
            whole(
                "contactName role",
                contactName=text(),
                role=text(),
                email={"type": "string", "pattern": "^[a-zA-Z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@.+$"},
                telephone=text(),
            )
        ),
    ),
    programCurriculum=whole(
        "",
        studyLoad=whole("program", program={"type": "integer", "minimum": 1}),
        instructionLanguage=several(
            whole(
                "languageCode percentage",
                languageCode={"type": "string", "pattern": "^[a-z][a-z]$"},
                percentage={**NUMBER, "maximum": 100},
            )
        ),
    ),
    programDescriptions=whole(
        "programName programSummaryText programDescriptionText",
        programName=by_language(text(200)),
        programSummaryText=by_language(text(200)),
        programDescriptionText=by_language(text(1200)),
        programDescriptionHtml=by_language(text()),
        webLink=by_language(URL),
        searchword=by_language(several(text(200), least=1)),
    ),
    programSchedule=whole("", programRun=several(RUN)),
)
