# Set-up: opens one conference.
set-up-head = Set-up
set-up-not-saved = Not saved yet
set-up-saved = Saved
set-up-saving = Saving
set-up-no-key-head = Set-up opens from its own link
set-up-no-key = The link carries a key that stands nowhere else, and a reload forgets it. Ask whoever looks after the service for the link, and open it again.

set-up-meeting = The meeting
set-up-title = What kind of conference
set-up-title-hint = Everybody reads it, the wall too. Name nobody.
set-up-title-missing = Say what kind of conference it is.
set-up-title-first = Initial conference
set-up-starts = Starts
set-up-starts-missing = Say when it starts: day and time.
set-up-practice = This is for practice
set-up-practice-hint = Every screen says so.

set-up-framework = Whose words
set-up-framework-missing = Choose whose words the conference uses.
set-up-framework-lost = The list did not come.
set-up-again = Try again

set-up-people = Who is coming
set-up-name = Name
set-up-role = Role
set-up-where = Where
set-up-way-in = Way in
set-up-add-person = Add a person
set-up-nobody = Nobody yet. Begin with the chair.
set-up-people-chair = Exactly one person is the chair: add the chair.
set-up-people-chairs = Exactly one person is the chair: there are { $n }.
set-up-change = Change { $name }
set-up-remove = Take off the list
set-up-keep = Keep
set-up-cancel = Cancel

set-up-person = A person
set-up-person-name = Name, as they wish to be called
set-up-person-name-missing = Type a name.
set-up-person-words = Role in plain words
set-up-person-words-hint = As everybody may read it: “Kacper’s mother”.
set-up-person-words-missing = Say the role in plain words.
set-up-agency = Agency
set-up-agency-hint = For professionals.
set-up-place = Where will they be?
set-up-place-room = In the room
set-up-place-call = On the call
set-up-room = room
set-up-call = call
set-up-device = How do they come in?
set-up-device-own = On their own device, with a personal link and a PIN
set-up-device-none = Without a device. They are on the roll and count like everybody else.
set-up-own-device = own device
set-up-no-device = no device

set-up-children = The children
set-up-child = A child
set-up-child-name = Full name
set-up-child-first = First name, as on the sheets
set-up-child-unborn = Not born yet
set-up-child-unborn-first = Baby
set-up-child-name-missing = Type the child’s full name.
set-up-child-first-missing = Type the name for the sheets.
set-up-add-child = Add a child, born or unborn
set-up-no-child = No child yet.
set-up-children-missing = Add the child or children the conference is about.
set-up-on-sheets = On the sheets

set-up-screens = The screens
set-up-wall = Wall screen
set-up-wall-tv = { $inches }″ television
set-up-wall-projector = projector, { $metres } m wide
set-up-distance = Last chair is
set-up-distance-metres = { $metres } m away
set-up-page-holds = About { $lines ->
    [3] three
    [4] four
    [5] five
    [6] six
    [7] seven
    [8] eight
    [9] nine
    [10] ten
    [11] eleven
    [12] twelve
   *[other] { $lines }
  } lines to a page, { $letters } letters to a line.
set-up-page-small = From the last chair this is hard to read. A larger screen or a nearer chair helps.
set-up-mirrored = Is the desk’s screen shared or mirrored?
set-up-yes = Yes
set-up-no = No
set-up-unsure = Not sure
set-up-unsure-hint = If you are not sure, the desk starts with everything private put away.

set-up-mend = Before the conference can be opened
set-up-make = Open the conference
set-up-make-hint = Then come the links, once.
set-up-wrong = The conference was not opened. { $why }
set-up-lost = The connection is away. This page keeps trying.

set-up-links = The links
set-up-links-once = They are shown here once. Print them or copy them now; later the desk can make new ones.
set-up-links-pin = Send the link to the person, and tell the PIN by phone or in person, never both on one way.
set-up-link = Link
set-up-pin = PIN
set-up-copy = Copy the link of { $name }
set-up-copy-short = Copy the link
set-up-copied = Copied
set-up-not-copied = It could not be copied. Please mark the link and copy it by hand.
set-up-no-links = Without a device: { $names }. The desk seats them when they come.
set-up-print = Print the links
set-up-print-links = Links. Cut along the lines; one for each person.
set-up-print-pins = PINs. Tell each by phone or in person. Do not hand out this page.
set-up-print-open = Open this address, then type your PIN:
set-up-open-desk = Open the desk
set-up-desk-opened = The desk is open in another tab. This page still shows the links.
set-up-desk-wrong = The desk could not be opened from here. Use the chair’s link.

role-chair = Chair
role-co-chair = Co-chair
role-social-worker = Social worker
role-team-manager = Team manager
role-police = Police
role-health-visitor = Health visitor
role-school-nurse = School nurse
role-midwife = Midwife
role-school = School or nursery
role-gp = GP
role-probation = Probation or youth justice
role-adult-services = Adult services
role-other-professional = Another professional
role-parent = Parent or carer
role-relative = Family or friend
role-young-person = Young person
role-supporter = Supporter, advocate or solicitor of a parent
role-child-advocate = Child’s advocate
role-interpreter = Interpreter
role-observer = Observer
role-business-support = Business support
set-up-places = Who sees whether somebody is in the room or on the call
set-up-places-hint = The desk always knows. It can be changed there too.
