package clicksend

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
)

// Hurried is the network without the pauses between polls.
func Hurried() provider.Network[Account] {
	n := Network
	n.Open = func(a Account, h provider.Host) (provider.Sender, error) {
		s, err := open(a, h)
		if err == nil {
			s.(*sender).pace = time.Millisecond
		}
		return s, err
	}
	return n
}

// Samples: what is read of the vendor's own answers.
var (
	ReadPage = readPage
	ReadTold = told
)
