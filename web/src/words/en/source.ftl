board-source-own = own knowledge
board-source-told = told
board-source-third = third hand
board-source-own-of = { $who }, own knowledge
board-source-told-by = told by { $who }
board-source-third-by = third hand, from { $who }
