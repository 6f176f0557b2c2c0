# Save state and words not taken.
meet-unsaved-offer = Offer as a note
save-saved = Saved
save-waiting = { $count ->
    [one] Not saved yet – 1 change
   *[other] Not saved yet – { $count } changes
}
save-full = Not saved
save-full-more = Nothing can be saved at the moment. What you write stays on this device and goes out by itself as soon as it can be saved. Keep this page open.
save-offline = { $count ->
    [one] Out of touch – 1 change waits here
   *[other] Out of touch – { $count } changes wait here
}
save-offline-none = Out of touch
save-no-pen = You are reading: you have no pen
save-refused = Read only: the pen was given back
save-closed = Read only: the conference is closed
save-outdated = Read only: load this page again
tray = Words not taken
tray-lead = Only here, and only until this page closes.
tray-long = { $count ->
    [one] Too long for one piece: writing it again makes a line of its own.
   *[other] Too long for one piece: writing it again makes { $count } lines of it.
}
tray-long-here = Too long for one piece. Write the part of it that matters.
tray-taken-off = Their line was taken off while they were written.
tray-in-doubt = The connection broke while this was being saved, and it stands on no sheet now. It may have been taken off: ask before you write it again.
tray-not-set = What you set beside this line was not taken. Look at it and set it again.
tray-blank = A line without words.
tray-more = … and { $count } more letters
tray-named = Show my name beside it
tray-again = Write it again
tray-drop = Drop
tray-seen = I have seen it
