"""The Communications Hubs of the demo world, and what hangs on them: displays, load switches."""

from fir.management.demo.families import Family, Over, Release

ANY, PREVIOUS = Over.ANY, Over.PREVIOUS

HUBS = (
    Family(
        device_type="CHF",
        maker="F0B1",
        model="6B10",
        hardware=("0100", "0101", "0200"),
        specification="CHTS V1.3",
        gbcs="4.2",
        share=55,
        releases=(
            Release("03000009", 2400, carries=False),
            Release("03010002", 2150, carries=False),
            Release("03020000", 1840, carries=False),
            Release("03040001", 1370),
            Release("04000000", 980, ANY, carries=True),
            Release("04010007", 680, ANY, carries=True),
            Release("04020003", 370, ANY, carries=True),
            Release("04030001", 120, ANY, carries=True),
        ),
    ),
    Family(
        device_type="CHF",
        maker="F0B1",
        model="6B20",
        hardware=("0100", "0101", "0102"),
        specification="CHTS V1.2",
        gbcs="4.1",
        share=30,
        releases=(
            Release("00020900", 1900, carries=False),
            Release("00021000", 1480, carries=False),
            Release("00030002", 840, ANY, carries=False),
            Release("00030104", 500, ANY, carries=True),
            Release("00030201", 180, ANY, carries=True, lapses=80),
        ),
    ),
    Family(
        device_type="CHF",
        maker="F0B2",
        model="6B30",
        hardware=("0001", "0002"),
        specification="CHTS V1.1",
        gbcs="3.2",
        share=8,
        releases=(
            Release("10000001", 2080),
            Release("10010000", 1650),
            Release("10020000", 1210),
            Release("10030000", 540, ANY),
        ),
    ),
)
DISPLAYS = (
    Family(
        device_type="PPMID",
        maker="F0C1",
        model="7C10",
        hardware=("0100", "0101", "0102"),
        specification="SMETS V5.1",
        gbcs="4.2",
        share=45,
        releases=(
            Release("01000001", 1820),
            Release("01010000", 1290),
            Release("01020001", 790, PREVIOUS),
            Release("01030000", 430, PREVIOUS),
            Release("01040002", 150, PREVIOUS),
        ),
    ),
    Family(
        device_type="PPMID",
        maker="F0C1",
        model="7C20",
        hardware=("0100", "0200"),
        specification="SMETS V5.0",
        gbcs="4.0",
        share=20,
        releases=(
            Release("00010100", 1740),
            Release("00010200", 1220),
            Release("00010300", 640, ANY),
            Release("00010401", 240, ANY),
        ),
    ),
    Family(
        device_type="PPMID",
        maker="F0B1",
        model="7B10",
        hardware=("0100",),
        specification="SMETS V5.1",
        gbcs="4.2",
        share=12,
        releases=(
            Release("05000000", 1180),
            Release("05010001", 460, ANY),
            Release("05020000", 2, ANY),
        ),
    ),
    Family(
        device_type="PPMID",
        maker="F0A1",
        model="7A10",
        hardware=("0001", "0002"),
        specification="SMETS V4.2",
        gbcs="3.2",
        share=8,
        releases=(Release("00100000", 2030), Release("00110000", 1560)),
    ),
)
LOAD_SWITCHES = (
    Family(
        device_type="HCALCS",
        maker="F0C1",
        model="8C10",
        hardware=("0100", "0101"),
        specification="SMETS V5.0",
        gbcs="4.0",
        share=30,
        releases=(
            Release("01000000", 1690),
            Release("01000004", 1270),
            Release("01010000", 720, PREVIOUS),
            Release("01020001", 310, PREVIOUS),
        ),
    ),
    Family(
        device_type="HCALCS",
        maker="F0C2",
        model="8C20",
        hardware=("0100", "0200"),
        specification="SMETS V4.2",
        gbcs="3.2",
        share=15,
        releases=(
            Release("40000001", 1580),
            Release("40000002", 1140),
            Release("40010000", 580, ANY),
        ),
    ),
)
