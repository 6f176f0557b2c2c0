# Words of every page.
page-title = Meeting
practice = Practice
phone-the-number = Please phone the number on your letter.

text = Text
text-heard = size and reading
text-glyph = Aa
text-menu = Text size and reading
text-how-big = How big should the words be?
text-everyday = Everyday
text-large = Large
text-extra = Extra large
text-dark = Dark page
text-spaced = More room between letters and lines

cover = Cover
cover-heard = my screen
cover-paper = Plain paper
cover-back = Tap to come back

page-loading = One moment
page-not-loaded = The page did not come
page-not-loaded-why = The network may be away. Nothing you wrote elsewhere is lost.
page-again = Try again
page-closed = Page closed

unsafe-head = This page needs a safe connection
unsafe-why = The address begins with “http:”. Other people could read along, so nothing is shown here. Please use the link from your letter; it begins with “https:”.

ended-head = Your part has ended. Thank you.
ended-why = Nothing of the meeting is left on this device. You can close this page.
closed-head = The meeting has ended. Thank you.
out-head = This page cannot be opened here
leave-page = Leave this page
leave = Leave
leave-heard = this page at once

sound-try = Try the sound
sound-hint = You should hear two soft notes. If not, turn up the sound of your device.

# Waiting at the door names nobody (P3).
wait-where = Waiting
wait-door = You are at the door
wait-head = The chair will be with you soon
wait-words = The chair can see that you are here and will let you in. You need do nothing. It is fine to put the phone down.
wait-now = If you need somebody now, please phone the number on your letter.
wait-away = The connection is away. This page keeps trying.

board-cancel = Cancel
people-of = { $name }, { $words }


notice-not-sent = It could not be sent. Try again.
notice-close = All right

# On every sheet and on the wall: somebody the plan names who has not come.
plan-who-away = somebody who is not here yet
