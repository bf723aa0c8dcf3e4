# A module for the golden sessions.
unit = "cm"
fn area(w, h) = w × h
