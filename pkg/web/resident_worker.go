package web

import (
	"fmt"

	"github.com/gofiber/fiber/v2"
)

// surveyWorker is the address of the survey's service worker: at the root, so that it may have the form as its scope.
const surveyWorker = "/ankieta-sw.js"

// showSurveyWorker serves the worker with the addresses of its imports above it. Browsers ask for it anew each time, and for
// an import only if its address is another one.
func (s *Server) showSurveyWorker(c *fiber.Ctx) error {
	keep, err := assetAddress("keep.js")
	if err != nil {
		return err
	}
	unsent, err := assetAddress("unsent.js")
	if err != nil {
		return err
	}
	worker, ok := assetOf("survey-sw.js")
	if !ok {
		return fmt.Errorf("no survey-sw.js among the assets")
	}
	c.Set(fiber.HeaderContentType, worker.kind)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.SendString(fmt.Sprintf("import { keep } from %q;\nimport { NAME, MOST, any, deliver, past, tidy } from %q;\n%s", keep, unsent, worker.data))
}
