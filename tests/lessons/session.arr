%lesson 1
%next
%next
%next
%next
%next
%lesson 1 1
%hint
%hint
x * nosuch
[v * 2 for v in x]
x * 2.0
%answer
x * 2
%next
fn fahrenheit(c) = c * 9 / 5 + 32
%next
%lesson stop
%lesson
