package usage

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"
)

func TestUsageIsTheSystems(t *testing.T) {
	t.Parallel()
	before, err := Of(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	hold := bytes.Repeat([]byte{1}, 64<<20)
	for began := time.Now(); time.Since(began) < 200*time.Millisecond; {
		for i := range hold {
			hold[i]++
		}
	}
	after, err := Of(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if after.CPU <= before.CPU || after.Memory < int64(len(hold)) {
		t.Errorf("from %+v to %+v, while %d bytes were held", before, after, len(hold))
	}
	if _, err := Of(-1); err == nil {
		t.Error("the usage of nobody:", fmt.Sprint(err))
	}
}
