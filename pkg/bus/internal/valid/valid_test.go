package valid_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus/internal/valid"
)

// What the broker would close a connection for, or what stands for more than one, is no subject, filter or name.
func TestWhatCanBeASubjectAFilterOrAName(t *testing.T) {
	t.Parallel()
	type fits struct{ subject, filter, name bool }
	long := strings.Repeat("a", 200)
	for text, want := range map[string]fits{
		"EGRESS_telegram":                {true, true, true},
		"a-b_c=":                         {true, true, true},
		"a/b":                            {true, true, false},
		"egress.telegram.07.chn_01":      {true, true, false},
		"egress.telegram.07.*":           {false, true, false},
		"egress.>":                       {false, true, false},
		">":                              {false, true, false},
		"*.*":                            {false, true, false},
		"egress.>.chn_01":                {false, false, false},
		"egress.chn*":                    {false, false, false},
		"egress.>x":                      {false, false, false},
		"":                               {false, false, false},
		".":                              {false, false, false},
		"egress..chn_01":                 {false, false, false},
		"egress.":                        {false, false, false},
		".egress":                        {false, false, false},
		"a b":                            {false, false, false},
		"a\r\nPUB b 1":                   {false, false, false},
		"a\x00b":                         {false, false, false},
		"señal":                          {false, false, false},
		"\xff":                           {false, false, false},
		long:                             {true, true, true},
		long + "a":                       {true, true, false},
		long + "." + long + "." + "tail": {true, true, false},
		strings.Repeat("a", 512):         {true, true, false},
		strings.Repeat("a", 513):         {false, false, false},
	} {
		for what, look := range map[string]struct {
			call func(string) error
			fits bool
		}{"subject": {valid.Subject, want.subject}, "filter": {valid.Filter, want.filter}, "name": {valid.Name, want.name}} {
			err := look.call(text)
			if (err == nil) != look.fits || err != nil && !errors.Is(err, valid.ErrName) {
				t.Errorf("%.40q as a %s: %v", text, what, err)
			}
		}
	}
}

// The text may be a stranger's: errors tell lengths and places alone.
func TestErrorsTellNothingOfTheText(t *testing.T) {
	t.Parallel()
	const said = "S3CRET"
	for _, text := range []string{said + " ", "a." + said + "*", "." + said, said + strings.Repeat("x", 600)} {
		for _, err := range []error{valid.Subject(text), valid.Filter(text), valid.Name(text)} {
			if err == nil || strings.Contains(fmt.Sprint(err), said) || len(err.Error()) > 200 {
				t.Errorf("%v", err)
			}
		}
	}
}
