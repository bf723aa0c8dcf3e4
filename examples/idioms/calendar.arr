# Calendar and finance: dates, times, interest and tax.

from compare import same

year = 1900 2000 2023 2024
days = 31 28 31 30 31 30 31 31 30 31 30 31
price = 100.0 110.0 99.0 108.9
flow = ¯100.0 60.0 60.0
lower = 0 1000 3000
band = 1000 2000 100000
rate = 0.0 0.1 0.2
r = 0.25

# Is it a leap year
apl = ≠/ 0 == year ∘.% 4 100 400
numpy = (year % 4 == 0) & (year % 100 != 0) | (year % 400 == 0)
same("leap", apl, numpy)

# Days of the year that the months begin with, from 0
apl = 0 ⍪ ¯1 ↓ +\ days
numpy = np.cumsum(days) - days
same("month starts", apl, numpy)

# Month that a day of the year is in, from 0
apl = (0 ⍪ ¯1 ↓ +\ days) ⍸ 0 58 59 364
numpy = np.searchsorted(np.cumsum(days), [0, 58, 59, 364], side='right')
same("month of", apl, numpy)

# Day of the month, from 0
apl = {⍵ - (+\ 0 ⍪ days)[(+\ 0 ⍪ days) ⍸ ⍵]} 0 58 59 364
numpy = np.array([0, 58, 59, 364]) - np.append(0, np.cumsum(days))[np.searchsorted(np.cumsum(days), [0, 58, 59, 364], side='right')]
same("day of", apl, numpy)

# Year, month and day from a date written as one number
apl = 0 100 100 ⊤ 20261125
numpy = 20261125 // np.array([10000, 100, 1]) % [10000, 100, 100]
same("year month day", apl, numpy)

# A date as one number
apl = 100 ⊥ 2026 11 25
numpy = np.dot([2026, 11, 25], [10000, 100, 1])
same("date number", apl, numpy)

# Minutes since midnight
apl = 60 ⊥ 9 45
numpy = np.dot([9, 45], [60, 1])
same("minutes of the day", apl, numpy)

# Time so many minutes after another
apl = 24 60 ⊤ (24 60 ⊥ 22 50) + 95
numpy = np.array(np.divmod((22 * 60 + 50 + 95) % 1440, 60))
same("clock time", apl, numpy)

# Twelve-hour clock
apl = 1 + (0 1 12 13 23 - 1) % 12
numpy = (np.array([0, 1, 12, 13, 23]) - 1) % 12 + 1
same("half days", apl, numpy)

# Weekday of the first of January, Monday is 0
apl = {(⍵ + -/ ⍵ ∘.// 4 100 400) % 7} year - 1
numpy = (year - 1 + (year - 1) // 4 - (year - 1) // 100 + (year - 1) // 400) % 7
same("first weekdays", apl, numpy)

# Days from one day of the year to another, by month and day
apl = -/ (+\ 0 ⍪ days)[11 2] + 24 13
numpy = np.append(0, np.cumsum(days))[11] + 24 - np.append(0, np.cumsum(days))[2] - 13
same("days in between", apl, numpy)

# Calendar of a month of 30 days that begins on a Tuesday
apl = 5 7 ⍴ 0 ⍪ 35 ↑ 1 + ⍳ 30
numpy = np.pad(np.arange(1, 31), (1, 4)).reshape(5, 7)
same("month calendar", apl, numpy)

# Capital after each of several years
apl = 100 × (1 + r) ** ⍳ 4
numpy = 100 * (1 + r) ** np.arange(4)
same("compound interest", apl, numpy)

# Growth by rate and years
apl = (1 + 0.25 0.5) ∘.** ⍳ 3
numpy = np.power.outer(1 + np.array([0.25, 0.5]), np.arange(3))
same("growth table", apl, numpy)

# Capital under a rate that differs from year to year
apl = 100 × ×\ 1 + 0.5 0.25 ¯0.5
numpy = 100 * np.cumprod(1 + np.array([0.5, 0.25, -0.5]))
same("growth by changing rates", apl, numpy)

# Present value of payments at the beginning of each year
apl = +/ flow ÷ (1 + r) ** ⍳ ≢ flow
numpy = np.sum(flow / (1 + r) ** np.arange(len(flow)))
same("present value", apl, numpy)

# Present value as the value of a polynomial
apl = (÷ 1 + r) ⊥ ⌽ flow
numpy = np.polyval(flow[::-1], 1 / (1 + r))
same("by decoding", apl, numpy)

# Value of yearly savings after the last payment
apl = (1 + r) ⊥ 4 ⍴ 100
numpy = np.polyval(np.full(4, 100), 1 + r)
same("saved up", apl, numpy)

# Yearly payment that pays a loan back
apl = 1000 × r ÷ (1 - (1 + r) ** -4)
numpy = 1000 * r / (1 - (1 + r) ** -4)
same("instalment", apl, numpy)

# Balance of an account after each payment
apl = +\ 100 ¯30 45 ¯80
numpy = np.cumsum([100, -30, 45, -80])
same("balance", apl, numpy)

# When is the account in the red
apl = ⍸ 0 > +\ 20 ¯30 45 ¯80
numpy = np.flatnonzero(np.cumsum([20, -30, 45, -80]) < 0)
same("overdrawn", apl, numpy)

# Change from each price to the next, as a fraction
apl = ¯1 + 2 ÷⍨/ price
numpy = price[1:] / price[:-1] - 1
same("returns", apl, numpy)

# Largest fall below an earlier high
apl = ⌈/ (⌈\ price) - price
numpy = np.max(np.maximum.accumulate(price) - price)
same("worst fall", apl, numpy)

# Best gain from buying once and selling later
apl = ⌈/ price - ⌊\ price
numpy = np.max(price - np.minimum.accumulate(price))
same("best trade", apl, numpy)

# Book value under equal depreciation
apl = 1000 - 200 × ⍳ 5
numpy = 1000 - 200 * np.arange(5)
same("straight-line", apl, numpy)

# Tax by brackets
apl = +/ rate × (0 ⌈ (band ⌊ (4000 - lower)))
numpy = np.sum(rate * np.clip(4000 - lower, 0, band))
same("tax", apl, numpy)

# Coins for an amount
apl = 0 5 2 5 ⊤ 68
numpy = np.array([68 // 50, 68 // 10 % 5, 68 // 5 % 2, 68 % 5])
same("change", apl, numpy)

# Total of quantities and prices
apl = 2 5 1 +.× 10 3 20
numpy = np.dot([2, 5, 1], [10, 3, 20])
same("invoice", apl, numpy)
