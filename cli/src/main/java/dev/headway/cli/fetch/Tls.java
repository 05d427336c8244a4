package dev.headway.cli.fetch;

import dev.headway.cli.option.ConnectionOptions;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.text.FileErrors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Which servers are trusted, and what they are shown, by files in PEM. */
final class Tls {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END \\1-----");

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
  private static final char[] NO_PASSWORD = {};

  private Tls() {}

  /**
   * What options say, if they say anything.
   *
   * @throws UsageException if a file cannot be used
   */
  static Optional<SSLContext> of(ConnectionOptions options) {
    if (!options.insecure() && options.authorities().isEmpty() && options.certificate().isEmpty()) {
      return Optional.empty();
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(options), trust(options), null);
      return Optional.of(context);
    } catch (GeneralSecurityException | IOException e) {
      throw new UsageException("the certificates cannot be used: " + e.getMessage(), e);
    }
  }

  private static TrustManager @Nullable [] trust(ConnectionOptions options)
      throws GeneralSecurityException, IOException {
    if (options.insecure()) {
      return new TrustManager[] {new TrustAll()};
    }
    if (options.authorities().isEmpty()) {
      return null;
    }
    KeyStore store = empty();
    for (Certificate authority : certificates("--cacert", options.authorities().get())) {
      store.setCertificateEntry("authority " + store.size(), authority);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  private static KeyManager @Nullable [] keys(ConnectionOptions options)
      throws GeneralSecurityException, IOException {
    if (options.certificate().isEmpty()) {
      return null;
    }
    Path file = options.certificate().get();
    PrivateKey key =
        options.key().isPresent() ? key("--key", options.key().get()) : key("--cert", file);
    KeyStore store = empty();
    Certificate[] chain = certificates("--cert", file).toArray(Certificate[]::new);
    store.setKeyEntry("client", key, NO_PASSWORD, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NO_PASSWORD);
    return keys.getKeyManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  private static Matcher blocks(String option, Path file) {
    try {
      return BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UsageException(
          option + ": cannot read \"" + file + "\": " + FileErrors.reason(e), e);
    }
  }

  private static byte[] content(Matcher block) throws GeneralSecurityException {
    try {
      return Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("a block in PEM is not Base64", e);
    }
  }

  private static List<Certificate> certificates(String option, Path file)
      throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<Certificate> found = new ArrayList<>();
    for (Matcher block = blocks(option, file); block.find(); ) {
      if (block.group(1).equals("CERTIFICATE")) {
        found.add(factory.generateCertificate(new ByteArrayInputStream(content(block))));
      }
    }
    if (found.isEmpty()) {
      throw new UsageException(option + ": \"" + file + "\" holds no certificate in PEM");
    }
    return found;
  }

  private static PrivateKey key(String option, Path file) throws GeneralSecurityException {
    for (Matcher block = blocks(option, file); block.find(); ) {
      if (block.group(1).equals("PRIVATE KEY")) {
        return key(new PKCS8EncodedKeySpec(content(block)));
      }
      if (block.group(1).endsWith("PRIVATE KEY")) {
        throw new UsageException(
            option
                + ": the key in \""
                + file
                + "\" is encrypted or of an old form; convert it with openssl pkcs8 -topk8 -nocrypt"
                + " -in FILE");
      }
    }
    throw new UsageException(
        option
            + ": \""
            + file
            + "\" holds no private key in PEM"
            + (option.equals("--cert") ? "; give one with --key FILE" : ""));
  }

  private static PrivateKey key(PKCS8EncodedKeySpec encoded) throws GeneralSecurityException {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException another) {
        // It is a key for another one.
      }
    }
    throw new GeneralSecurityException("the key is none of " + ALGORITHMS);
  }
}
