package smtp

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Times of a connection.
const (
	stepTimeout = time.Minute
	// doneTimeout bounds the answer to a whole message: servers look through it first (RFC 5321, 4.5.3.2.6 says ten minutes).
	doneTimeout = 4 * time.Minute
)

// ErrUnclear marks a message whose end was said and whose answer was lost: the server may have taken it.
var ErrUnclear = errors.New("the answer to the message was lost")

// Client is one connection. It is used by one goroutine.
type Client struct {
	conn    net.Conn
	r       *bufio.Reader
	name    string // who we say we are
	offered map[string]string
}

// New begins on a connection: greeting and EHLO by our name. Whoever made the connection closes it where this fails.
func New(ctx context.Context, conn net.Conn, name string) (*Client, error) {
	c := &Client{conn: conn, r: bufio.NewReaderSize(conn, maxLine), name: name}
	return c, c.within(ctx, func() error {
		if _, err := c.answer("greeting", 220); err != nil {
			return err
		}
		return c.hello()
	})
}

// hello says who we are, and hears what the server offers.
func (c *Client) hello() error {
	got, err := c.ask("EHLO", "EHLO "+c.name, 250)
	if err != nil {
		return err
	}
	c.offered = map[string]string{}
	for _, line := range got.lines[1:] {
		word, rest, _ := strings.Cut(line, " ")
		c.offered[strings.ToUpper(word)] = rest
	}
	return nil
}

// Offers says whether the server offers an extension, and its parameters.
func (c *Client) Offers(extension string) (params string, ok bool) {
	params, ok = c.offered[extension]
	return params, ok
}

// Size is how large a message may be, in bytes, 0 where the server does not say.
func (c *Client) Size() int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(c.offered["SIZE"]), 10, 64)
	return max(n, 0)
}

// Upgrade begins TLS by STARTTLS: secure makes the connection a secure one. What was offered before is forgotten.
func (c *Client) Upgrade(ctx context.Context, secure func(net.Conn) (net.Conn, error)) error {
	return c.within(ctx, func() error {
		if _, ok := c.Offers("STARTTLS"); !ok {
			return &Refusal{Step: "STARTTLS", Reply: Reply{Code: 502}}
		}
		if _, err := c.ask("STARTTLS", "STARTTLS", 220); err != nil {
			return err
		}
		if c.r.Buffered() > 0 {
			return errors.New("STARTTLS: the server speaks on in the clear")
		}
		conn, err := secure(c.conn)
		if err != nil {
			return err
		}
		c.conn, c.r = conn, bufio.NewReaderSize(conn, maxLine)
		return c.hello()
	})
}

// within runs a step within the context, whose end closes the connection.
func (c *Client) within(ctx context.Context, run func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	conn := c.conn
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	err := run()
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

// ask says a line and hears the answer, which has to have this code.
func (c *Client) ask(step, line string, code int) (Reply, error) {
	if strings.ContainsAny(line, "\r\n\x00") {
		return Reply{}, errors.New("a command is one line")
	}
	if _, err := io.WriteString(c.conn, line+"\r\n"); err != nil {
		return Reply{}, err
	}
	return c.answer(step, code)
}

func (c *Client) answer(step string, code int) (Reply, error) {
	return c.answerIn(step, code, stepTimeout)
}

// answerIn hears an answer.
func (c *Client) answerIn(step string, code int, within time.Duration) (Reply, error) {
	if err := c.conn.SetReadDeadline(time.Now().Add(within)); err != nil {
		return Reply{}, err
	}
	got, err := readReply(c.r)
	if err != nil {
		return got, fmt.Errorf("%s: %w", step, err)
	}
	if got.Code != code && (code != 250 || got.Code != 251) {
		return got, &Refusal{Step: step, Reply: got}
	}
	return got, nil
}

// Plain logs in by a password: AUTH PLAIN, or LOGIN where the server has only that.
func (c *Client) Plain(ctx context.Context, user, password string) error {
	mechanisms := c.mechanisms()
	switch {
	case mechanisms["PLAIN"]:
		return c.Authenticate(ctx, "PLAIN", "\x00"+user+"\x00"+password)
	case mechanisms["LOGIN"]:
		return c.within(ctx, func() error {
			if _, err := c.ask("AUTH", "AUTH LOGIN", 334); err != nil {
				return err
			}
			if _, err := c.ask("AUTH", encoded(user), 334); err != nil {
				return err
			}
			_, err := c.ask("AUTH", encoded(password), 235)
			return err
		})
	default:
		return &Refusal{Step: "AUTH", Reply: Reply{Code: 504}}
	}
}

// mechanisms are the ways to log in; some servers say AUTH=PLAIN.
func (c *Client) mechanisms() map[string]bool {
	out := map[string]bool{}
	for word, rest := range c.offered {
		if word == "AUTH" || strings.HasPrefix(word, "AUTH=") {
			for _, one := range strings.Fields(strings.TrimPrefix(word, "AUTH") + " " + rest) {
				out[strings.ToUpper(strings.TrimPrefix(one, "="))] = true
			}
		}
	}
	return out
}

// Authenticate logs in by a mechanism whose client speaks first and once. A server that asks on is answered nothing, so that it says
// why it refuses.
func (c *Client) Authenticate(ctx context.Context, mechanism, initial string) error {
	if !c.mechanisms()[mechanism] {
		return &Refusal{Step: "AUTH", Reply: Reply{Code: 504}}
	}
	return c.within(ctx, func() error {
		_, err := c.ask("AUTH", "AUTH "+mechanism+" "+encoded(initial), 235)
		if r, ok := errors.AsType[*Refusal](err); ok && r.Code == 334 {
			_, err = c.ask("AUTH", "", 235)
		}
		return err
	})
}

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// Close ends the connection without a word.
func (c *Client) Close() { c.conn.Close() }

// Quit takes leave, in a second or not at all, and closes the connection.
func (c *Client) Quit() {
	defer c.Close()
	_ = c.conn.SetDeadline(time.Now().Add(time.Second))
	_, _ = io.WriteString(c.conn, "QUIT\r\n")
	_, _ = readReply(c.r)
}
