from stats import zscroe
