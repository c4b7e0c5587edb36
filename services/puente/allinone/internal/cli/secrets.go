package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// mostSecret is the longest credential that is read, in bytes.
const mostSecret = 8192

// Secrets reads the values of credentials from a command's standard input, a line each, by their names. On a terminal each is asked for
// on standard error and not shown. An empty one is an error.
func Secrets(c *cobra.Command, names []string) (map[string]string, error) {
	values := map[string]string{}
	in := bufio.NewReader(io.LimitReader(c.InOrStdin(), int64(len(names)+1)*mostSecret))
	for _, name := range names {
		line, err := oneSecret(c, in, name)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("the value of %s: %w", name, err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" || len(line) > mostSecret {
			return nil, Usage(c, "standard input has no value of %s: a line of at most %d bytes for each --secret", name, mostSecret)
		}
		values[name] = line
	}
	return values, nil
}

func oneSecret(c *cobra.Command, in *bufio.Reader, name string) (string, error) {
	f, ok := c.InOrStdin().(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return in.ReadString('\n')
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s: ", name)
	typed, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(c.ErrOrStderr())
	return string(typed), err
}
