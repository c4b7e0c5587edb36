package clicksend

// Samples: what is read of the vendor's own answers.
var (
	ReadPage = readPage
	ReadTold = told
)
