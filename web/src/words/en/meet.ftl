# An attendee’s screen: phone first.
meet-title = Our meeting
meet-following = You are following the chair
meet-looking = You are looking around
meet-back = Back to the chair’s sheet
meet-overview = All sheets
meet-sections = Sheets
meet-you = You: { $words }, { $place }
meet-you-pen = You: { $words }, you have a pen
meet-read = Read
meet-read-stop = Stop
meet-read-none = This device has no voice of its own to read with.
meet-read-struck = Struck through:
meet-speak = I want to speak
meet-offer = Offer a note
meet-break = I need a break
meet-unsafe = I can’t talk safely now
meet-asked-speak = The chair knows that you want to speak.
meet-asked-break = The chair knows that you need a break.
meet-asked-unsafe = The chair knows.
meet-asked-interpreting = The chair knows that you are still interpreting.
meet-interpreting = Still interpreting
meet-take-back = Press again to take it back.
meet-asked-now = Asked of you now
meet-acts = What you can do now
meet-leave = Leave
meet-leave-sure = Leave the meeting?
meet-leave-lead = This screen clears. Nothing stays on this device.
meet-leave-stay = Stay
meet-my-part = My part
meet-paused = We are taking a break
meet-paused-lead = The sheets are put away. They come back when the chair goes on.
meet-recording = An audio recording is running. It is kept: { $kept }
meet-phase-now = Now: { $phase }
meet-undo = Undo my last
meet-lost = Out of touch. What you see may be old; it catches up by itself.
meet-old = Coming…

meet-offer-title = Offer a note to the chair
meet-offer-for = In whose words
meet-offer-this-is = This is
meet-offer-no-label = Not sure
meet-offer-based = Based on
meet-offer-source = How you know, or who told you
meet-offer-about = About
meet-offer-named = Show my name beside it
meet-offer-named-for = Show { $name }’s name beside it
meet-offer-where = Where it could go
meet-offer-where-chair = The chair may choose
meet-offer-send = Offer it
meet-offer-lead = Only the chair sees it, and decides with you where it goes.
meet-offer-close = Close
meet-offer-sent = Your note is with the chair.
meet-offer-need-words = Write something first.
meet-offers = What I have offered
meet-offer-waiting = with the chair
meet-offer-accepted = on the sheet
meet-offer-talk = to talk about
meet-offer-withdraw = Take back
meet-offer-withdraw-what = Take back: { $words }

meet-unsaved-offer = Offer as a note
meet-ask-sending = On its way to the chair…
meet-offer-more = More about it
meet-here-count = Who is here, { $count }
meet-see = What to look at
meet-offered-row = For the plan: { $words }
meet-offered-change = About the plan: { $words }
meet-lines = { $count ->
    [0] nothing yet
    [one] 1 line
   *[other] { $count } lines
}
meet-rows = { $count ->
    [0] nothing yet
    [one] 1 row
   *[other] { $count } rows
}
meet-read-heard = the sheet aloud
