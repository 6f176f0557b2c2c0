# Who is here.
people-in-room = in the room
people-on-call = on the call
people-has-pen = has a pen
people-workers = { $count ->
    [one] 1 person who works with your family
   *[other] { $count } people who work with your family
}
people-others = The others, { $count }
people-none-here = Nobody has come in yet.
