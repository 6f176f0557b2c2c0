# Sealed scale notes: the pad, what everybody sees of a round, the numbers once they are shown.
scale-only-you = Only you can see this page
scale-your-number = Your number, 0 to 10
scale-higher = A higher number means: { $what }
scale-rather-not = I’d rather not
scale-not-enough = I don’t know enough
scale-hand-in = Hand in my note
scale-choose = Choose a number, or one of the two answers below it.
scale-promise = Nobody can see who wrote which number, not even the chair. You can change it until the chair closes the notes.
scale-words = The same four words stand on every screen
scale-before = If you handed a note in before this page was loaded again, it still counts; a new one takes its place.
scale-lost = The service was started again. If you handed a note in before this page was loaded again, please hand it in once more.
scale-closing = The chair is closing the notes. Hand yours in now.
scale-keep = Keep my note as it is
scale-in = Your note is handed in
scale-in-lead = The chair opens all of them together. There is no hurry.
scale-in-closing = The chair is closing the notes, and then opens all of them together.
scale-change = Change my note
scale-count = { $notes } of { $entitled } notes are in
scale-count-none = No note has come yet
scale-elsewhere = Your note is open on your other device. Hand it in there.
scale-not = Your note could not be made on this device. { $why }
scale-others = Notes are being handed in. Nobody sees a number before the chair opens all of them together.
scale-closed = The notes are closed. The chair opens all of them together.
scale-asked = You are asked for a scale note
scale-under-way = Notes are being handed in
scale-to-note = Go to it
scale-how = How is this anonymous?
scale-how-practice = This is practice. A note goes in within { $seconds } seconds here, so that nobody has to wait. In a real conference it is a random moment within 20 seconds.
scale-how-envelope = Your device puts a slip into a closed envelope. The service knows who you are and signs the envelope without seeing the slip. Your device takes the slip out and sends it with your number later, without your name, to another address. Nobody can tell which envelope it came from.
scale-how-all = Everybody’s device hands in exactly one note, also where its person did nothing. So silence does not stand out.
scale-how-kept = Kept are the question, the sorted numbers and how many notes there were. Not when a note came, from where, or in which order.
scale-how-few = Single numbers are shown only from five on. Of four, only groups are shown; of fewer, nothing.
scale-how-check = When the notes are opened, every device checks the seal of each note and counts them.
scale-how-not = What this does not protect
scale-how-not-service = Whoever changes the running service or records the network can see when a device sends, and from where. Whoever changes this page itself can read what you choose.
scale-how-not-look = Somebody beside you, or a camera, can see your screen.
scale-how-not-say = If you say your number, people know it. If everybody gives the same number, everybody knows everybody’s.
scale-how-not-only = A number that only one person would give points to that person.
scale-how-not-fake = Whoever runs the service could add a note. It shows as more notes than people, or in place of somebody who did not take part.
scale-how-not-words = If the four words on your screen and on the wall differ, tell the chair.
scale-open = The notes are open. You need not look. A number opens a talk; it decides nothing.
scale-opened = The notes are open.
scale-show-me = Show me the numbers
scale-then = Asked now
scale-sum = { $count ->
  [one] 1 note, no names
 *[other] { $count } notes, no names
}
scale-sum-with = { $count } with a number, { $without } without
scale-sum-each = middle { $middle }, lowest { $lowest }, highest { $highest }
scale-sum-band = the middle lies in { $band }
scale-sum-bands = the middle lies between { $from } and { $to }
scale-few = Too few notes have a number to be shown: people could tell who wrote which
scale-bands-why = With four numbers only groups are shown, so that nobody can tell who wrote which.
scale-bands-raised = Only groups are shown: fewer notes have a number than the chair asked for.
scale-without = { $count ->
  [one] 1 note without a number
 *[other] { $count } notes without a number
}
scale-absent = { $count ->
  [one] 1 person did not take part
 *[other] { $count } people did not take part
}
scale-end = { $number }:
scale-at-none = { $number }: no notes
scale-at = { $count ->
  [one] { $number }: 1 note
 *[other] { $number }: { $count } notes
}
scale-band-none = no notes
scale-band = { $count ->
  [one] 1 note
 *[other] { $count } notes
}
scale-checking = This device is checking the notes…
scale-right = This device has checked the notes: each carries the seal of this round, none is there twice, and the numbers are those on the notes.
scale-right-only = This device has checked the notes: each carries the seal of this round, none is there twice, and there are as many as it says here. The numbers on them were sent to nobody, so they cannot be compared.
scale-not-here = This page was opened after the notes were shown, so it has none to check.
scale-wrong = Tell the chair: these numbers may not be right.
scale-wrong-unsigned = There is a note without the seal of this round.
scale-wrong-twice = One note is there twice.
scale-wrong-too-many = There are more notes than people.
scale-wrong-unsorted = The notes are not in the order in which they must be.
scale-wrong-other-numbers = The notes say other numbers than those shown.
scale-wrong-not-done = This device could not check the notes.
scale-hold = Press and hold: check my note
scale-own-in = Your note is in
scale-own-other = Your note is there but says something else. Tell the chair.
scale-own-missing = Your note is not among them. It may have come too late. If you handed it in in good time, tell the chair.
scale-own-none = This page does not know your note any more
