# Sealed scale notes on the desk.
scale-desk = Scale notes
scale-desk-lead = One round for each child. Nobody, you included, sees a number before you show all of them together.
scale-desk-child = Child
scale-desk-question = Question
scale-desk-ends = In other words, and from how many on
scale-desk-was = Shown before: { $question }
scale-desk-low = What 0 means
scale-desk-high = What 10 means
scale-desk-minimum = Show single numbers from
scale-desk-minimum-of = { $count } numbers on
scale-desk-who-count = { $count ->
  [one] 1 person hands in a note
 *[other] { $count } people hand in a note
}
scale-desk-few = With three people or fewer everybody could tell who gave which number. Ask them aloud instead.
scale-desk-no-device = no device: business support types it
scale-desk-family = Ask the family beforehand
scale-desk-family-lead = Nobody’s part is assumed. A number said aloud is a quote in their words, never a note.
scale-desk-not-asked = not asked yet
scale-desk-pad = a note of their own
scale-desk-aloud = aloud
scale-desk-no = not at all
scale-desk-choice-of = How { $name } takes part
scale-desk-open = Open the notes for { $name }
scale-desk-again = Ask again about { $name }
scale-desk-making = The round is being made ready…
scale-desk-close = Close the notes
scale-desk-closing = The last notes are coming in…
scale-desk-reveal = Show the numbers
scale-desk-reveal-chair = The chair shows the numbers.
scale-desk-reveal-paused = Show the screens again first.
scale-desk-void = Give this round up
scale-desk-void-sure = Give this round up?
scale-desk-void-lead = Its notes are erased unseen. It can be asked again.
scale-desk-void-no = Go on with it
scale-desk-late = Somebody came late
scale-desk-admit = Add { $name }
scale-desk-answers = Write the answers under { $section }
scale-slips = Slips
scale-slips-lead = For people without a device. Say it to each of them first: the person typing will know your number.
scale-slip-of = The number of { $name }
scale-slip-none = no number
scale-slip-wait = not given yet
scale-slip-in = handed in
scale-slips-hand-in = Hand in these slips
scale-slips-sending = The slips go in after a while, in no order.
scale-slip-said = I have said that I will know their numbers
