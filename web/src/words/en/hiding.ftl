hide-family = Hide it from the family
hide-professionals = Hide it from the professionals
hide-all = Hide it from everybody
