# Installs headway on the Java that Homebrew has. cli/package fills in what stands between @.
class Headway < Formula
  desc "Runs a lot of work as fast as its limits allow, and never faster"
  homepage "@URL@"
  url "@URL@/headway-java.tar.gz"
  version "@VERSION@"
  sha256 "@SHA256@"
  license "Apache-2.0"

  depends_on "openjdk"

  def install
    libexec.install "bin", "lib"
    (bin/"headway").write_env_script libexec/"bin/headway", HEADWAY_JAVA: formula_opt_java
    man1.install Dir["share/man/man1/*"]
    bash_completion.install "share/bash-completion/completions/headway"
    zsh_completion.install "share/zsh/vendor-completions/_headway"
    fish_completion.install "share/fish/vendor_completions.d/headway.fish"
  end

  def formula_opt_java
    Formula["openjdk"].opt_bin/"java"
  end

  test do
    assert_match "headway #{version}", shell_output("#{bin}/headway --version")
    assert_equal "b a\n", pipe_output("#{bin}/headway exec --quiet --rate 10/s -- echo b", "a\n")
  end
end
