# The way in. Nothing here says whether a meeting, a link or a person exists (P3).
join-head = Come in
join-step = Step { $n } of { $of }
join-go-on = Go on
join-back = Back
join-not-right = Something not right? Please phone the number on your letter.
join-wrong = That did not work. Please phone the number on your letter.
join-wait-a-minute = Please wait a minute and press again, or phone the number on your letter.
join-lost = There is no connection just now. Press again when it is back.
join-mend = Something is missing
join-busy = One moment

join-code = Your code
join-code-label = Type the code from your letter or from the screen in the room
join-code-hint = Two words and a number. You can paste it.
join-code-missing = Type the code. It has two words and a number.

join-name = Your name
join-name-label = What should people call you?
join-name-hint = The chair sees it, and when you are in, the others do.
join-name-missing = Type what people should call you.
join-place = Where are you?
join-place-room = In the room
join-place-call = On the call
join-place-missing = Choose where you are.

join-link = Your own link
join-pin-label = Type your PIN
join-pin-hint = Eight digits. Somebody told you them by phone or in person. You can paste them.
join-pin-missing = Type all eight digits of your PIN.
join-open = Open

join-check = Can you see and hear well?
join-check-words = This is how large the words will be. You can change it at any time with “Text”.
join-sound = Try the sound
join-sound-hint = You should hear two soft notes. If not, turn up the sound of your device.
join-come-in = Come to the door

wait-where = Waiting
wait-door = You are at the door
wait-head = The chair will be with you soon
wait-words = The chair can see that you are here and will let you in. You need do nothing. It is fine to put the phone down.
wait-now = If you need somebody now, please phone the number on your letter.
wait-away = The connection is away. This page keeps trying.

pair-head = This screen’s code
pair-words = Type it on the chair’s desk, under Walls.
pair-new = A new code comes by itself.
pair-lost = No connection. This screen keeps trying.
