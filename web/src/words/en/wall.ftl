# The big screen. It has no controls.
wall-item = { $phase }, { $n } of { $count }
wall-then = then { $phase }
wall-page = page { $n } of { $count }
wall-break = We are taking a break
wall-paper = A sheet of paper
wall-set-aside = This sheet cannot be shown at the moment
wall-recording = An audio recording is running. It is kept: { $kept }
wall-join = Join on your own phone
wall-join-address = Go to
wall-join-code = and type
wall-join-lead = The chair lets you in.
wall-join-ask = The chair tells you the code.
wall-join-qr = The same way in as a square to point a phone at
pair-head = This screen’s code
pair-words = Type it on the chair’s desk, under Walls.
pair-new = A new code comes by itself.
pair-lost = No connection. This screen keeps trying.
