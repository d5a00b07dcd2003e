# frozen_string_literal: true

# Checks of images against documents.
require_relative "support"

describe "a check of an image" do
  def image = busybox

  it "tells what holds and what does not" do
    results = image.check({
      schemaVersion: "2.0.0",
      fileExistenceTests: [{ name: "shell", path: "/bin/sh" }, { name: "none", path: "/none" }],
      commandTests: [{ name: "echo", command: "echo", args: ["a<b"], exitCode: 0 }]
    })
    assert_equal [2, 1, 3], results.values_at("Pass", "Fail", "Total")
    assert_equal "a<b\n", results["Results"][0]["Stdout"]
    assert_includes results["Results"][2]["Errors"][0], "/none"
    assert_includes Conu.check_results_to_junit(results), "<system-out>a&lt;b"
  end

  it "refuses a mistake in the document" do
    error = assert_raises(Conu::InvalidArgumentError) { image.check('{"schemaVersion": "2.0.0", "commandTest": []}') }
    assert_includes error.message, "$.commandTest"
  end
end
