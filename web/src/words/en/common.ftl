page-title = Meeting
