import numpy as np

# Conway's Game of Life on a torus. A cell lives on with two or three neighbours; with three, one
# is born.
# Eight rolled copies of the board, added up, count every cell's neighbours at once.

def neighbours(board):
    total = np.zeros_like(board)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            if dy != 0 or dx != 0:
                total += np.roll(board, (dy, dx), axis=(0, 1))
    return total



def life(board):
    n = neighbours(board)
    return ((n == 3) | (board == 1) & (n == 2)).astype(int)



def show_(board):
    for row in board:
        line = ""
        for cell in row:
            line += "█ " if cell else "· "
        print(line)


# A glider: after four generations it is the same again, one cell further down and right.
board = np.zeros((8, 8), dtype=int)
board[0:3, 0:3] = np.array([[0, 1, 0], [0, 0, 1], [1, 1, 1]])

for generation in range(5):
    print(f"generation {generation}, {board.sum()} cells alive")
    show_(board)
    print()
    last = board
    board = life(board)

start = np.zeros((8, 8), dtype=int)
start[0:3, 0:3] = np.array([[0, 1, 0], [0, 0, 1], [1, 1, 1]])
print("moved by one:", np.array_equal(last, np.roll(start, (1, 1), axis=(0, 1))))
