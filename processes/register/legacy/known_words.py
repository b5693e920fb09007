"""Words of the older register for types of activity, areas and sectors (R51)."""

from processes.register.offers.terms import Area, OfferKind, Sector

KINDS = {
    "opleiding": OfferKind.PROGRAMME,
    "cursus": OfferKind.COURSE,
    "training": OfferKind.COURSE,
    "studiedag": OfferKind.STUDY_DAY,
    "conferentie": OfferKind.CONFERENCE,
    "congres": OfferKind.CONFERENCE,
    "overigeactiviteitenbinnendeschool": OfferKind.IN_SCHOOL,
    "overigbinnenschool": OfferKind.IN_SCHOOL,
    "overigeactiviteitenbuitendeschool": OfferKind.OUTSIDE_SCHOOL,
    "overigbuitenschool": OfferKind.OUTSIDE_SCHOOL,
    "professionelezelfstudie": OfferKind.SELF_STUDY,
    "zelfstudie": OfferKind.SELF_STUDY,
}
AREAS = {
    "vakinhoudelijk": Area.SUBJECT,
    "vakdidactisch": Area.DIDACTICS,
    "didactisch": Area.DIDACTICS,
    "pedagogisch": Area.PEDAGOGY,
    "algemeenprofessioneelhandelen": Area.GENERAL,
    "algemeenprofessioneel": Area.GENERAL,
    "onderwijskundigeontwikkelingenindeschool": Area.SCHOOL_DEVELOPMENT,
    "onderwijskundig": Area.SCHOOL_DEVELOPMENT,
    "ontwikkelingvandeberoepsgroep": Area.PROFESSION,
    "beroepsgroep": Area.PROFESSION,
}
SECTORS = {
    "po": Sector.PRIMARY,
    "primaironderwijs": Sector.PRIMARY,
    "basisonderwijs": Sector.PRIMARY,
    "vo": Sector.SECONDARY,
    "voortgezetonderwijs": Sector.SECONDARY,
    "mbo": Sector.VOCATIONAL,
    "middelbaarberoepsonderwijs": Sector.VOCATIONAL,
    "so": Sector.SPECIAL,
    "vso": Sector.SPECIAL,
    "svo": Sector.SPECIAL,
    "speciaalonderwijs": Sector.SPECIAL,
    "voortgezetspeciaalonderwijs": Sector.SPECIAL,
}
