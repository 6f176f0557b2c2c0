# Who waits, who is expected, what the desk can do about them.
people-here = Here
people-here-count = { $count ->
    [one] 1 person
   *[other] { $count } people
}{ $calls ->
    [0] {""}
   *[other] , { $calls } on the call
}
people-no-device = no device
people-not-linked = out of touch
people-locked = link locked: too many wrong PINs
people-expected = Not here yet
people-invited = invited
people-part-ended = their part has ended
people-left = has left
people-out = not let in
people-title = The people of this conference
people-manage = { $name }: what to do
people-lobby = At the door
people-lobby-lead = { $count ->
    [one] 1 waits, only you see it
   *[other] { $count } wait, only you see them
}
people-admit = Let in
people-not-in = Not in
people-second-device = A second device of { $name }, who is here already. Ask them before you let it in.
people-knocked = came with the room’s code and says the name is { $name }
people-knocked-device = came with the room’s code
people-who-is-it = Who is it?
people-came-by-link = came with a personal link
people-somebody-new = Somebody not on the list
people-words = Role in plain words
people-words-hint = Kacper’s grandmother
people-role = What they are here
people-agency = Agency
people-name = Name, as they wish to be called
people-place = Where they sit
people-give-pen = Give a pen
people-take-pen = Take the pen back
people-end-part = End their part
people-end-part-hint = Their screen clears and thanks them. What is written while they are out is not theirs to read.
people-end-part-sure = End { $name }’s part now?
people-missed = { $name } was out from { $from } to { $until }. { $count ->
    [one] 1 line was
   *[other] { $count } lines were
} written. Open any of it to { $name }?
people-missed-open = Open { $count ->
    [one] 1 line
   *[other] { $count } lines
} to { $name }
people-missed-open-alone = Open “{ $what }” to { $name }
people-missed-all = Tick all
people-missed-none = Open nothing more
people-missed-look = What was written while they were out
people-eject = Send out
people-eject-sure = Send { $name } out? All their screens clear within a second.
people-to-room = Sits in the room
people-to-call = Is on the call
people-correct = Correct the name
people-correct-title = Correct a name
people-correct-lead = Heads, the list of people and the plan change at once.
people-correct-text = The old name stands in these lines. Press to correct each.
people-correct-one = Correct it here
people-correct-plan = in the plan
people-correct-quote = somebody’s own words: their yes is needed
people-correct-source = as a source
people-correct-speaker = as who said it
people-correct-held = held on the desk
people-correct-offer = an offered note: put it right when it stands on a sheet, or ask its author to offer it again
people-full-name = Full name
people-first-name = First name, as it heads the sheets
people-first-name-hint = How the child is called
people-author = Whose words are they?
people-author-ask = Ask { $name } on their device
people-author-ask-them = Ask them on their device
people-author-asked = { $name } is asked on their own device.
people-author-said-yes = They said yes in the room
people-correct-none = The old name stands in no other words.
people-new-link = New link and PIN
people-link-shown-once = Shown once. Give the PIN by phone or in person, never with the link.
people-link = Personal link
people-pin = PIN
people-copy = Copy the link
people-copied = Copied
people-link-done = I have written it down
people-seat = Has come, without a device
people-invite = Invite somebody
people-invite-with-link = They have a device: make a link
people-invite-send = Put on the list
people-code = The room’s code
people-code-lead = For phones in the room. Whoever uses it waits at the door.
people-code-qr = A square code to point a phone at
people-turns = Who speaks, { $count ->
    [0] everybody has been heard
    [one] 1 not heard yet
   *[other] { $count } not heard yet
}
people-turn-ask = Ask
people-turn-asked = Asked now
people-turn-spoke = Has spoken
people-turn-reply = Would the family like to answer { $name }?
people-turn-reply-ask = Ask { $name }
people-turn-earlier = Ask { $name } earlier
people-turn-lead = Whoever is asked sees it on their own screen. Who has spoken is your press alone; only desks see it.
people-here-already = here already: one more device
people-hide-title = Who sees where people sit
people-hide-lead = Whether somebody is in the room or on the call is then in nothing that these screens are sent. The desk always knows.
people-yes = Yes
people-cancel = Cancel
people-done = Done
people-role-chair = Chair
people-role-co-chair = Co-chair
people-role-social-worker = Social worker
people-role-team-manager = Team manager
people-role-police = Police
people-role-health-visitor = Health visitor
people-role-school-nurse = School nurse
people-role-midwife = Midwife
people-role-school = School or nursery
people-role-gp = GP
people-role-probation = Probation or youth justice
people-role-adult-services = Adult services
people-role-other-professional = Another professional
people-role-parent = Parent or carer
people-role-relative = Relative or friend
people-role-young-person = Child or young person
people-role-supporter = Parent’s supporter
people-role-child-advocate = Child’s advocate
people-role-interpreter = Interpreter
people-role-observer = Observer
people-role-business-support = Business support
people-asks = For you alone
people-asks-none = Nobody asks for anything.
people-ask-speak = would like to speak
people-ask-break = would like a break
people-ask-unsafe = can’t talk safely now
people-ask-interpreting = still interpreting
people-ask-in = Ask in
people-ask-in-who = Ask in { $name }: done
people-ask-pause = Pause
people-ask-pause-for = Pause for { $name }
people-ask-done = Done
people-ask-done-for = { $name }: done
